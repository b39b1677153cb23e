/** One class a command, small ones for what commands share; {@link dev.quern.cli.Main} starts. */
package dev.quern.cli;
