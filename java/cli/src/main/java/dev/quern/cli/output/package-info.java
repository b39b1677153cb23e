/** Output of commands: JSON, progress bars, contact sheets, folders of PNG files. */
package dev.quern.cli.output;
