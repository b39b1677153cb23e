/** Tables of text with a header: columns, rows and errors with their place. */
package dev.quern.io.table;
