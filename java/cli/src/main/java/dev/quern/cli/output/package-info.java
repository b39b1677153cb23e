/** What commands print and draw: JSON, progress bars, contact sheets, folders of PNG files. */
package dev.quern.cli.output;
