/** What programs on a terminal share: whether somebody watches, and a progress bar. */
package dev.quern.console;
