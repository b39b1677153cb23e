/** The program {@code quern}: {@link dev.quern.cli.Main} finds and runs the command. */
package dev.quern.cli;
