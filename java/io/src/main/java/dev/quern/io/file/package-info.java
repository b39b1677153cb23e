/**
 * How files are opened, read whole, replaced whole, and how their errors become typed exceptions.
 */
package dev.quern.io.file;
