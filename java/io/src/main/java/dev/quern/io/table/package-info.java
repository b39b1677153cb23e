/** Reading of CSV tables with a header; errors name line and column. */
package dev.quern.io.table;
