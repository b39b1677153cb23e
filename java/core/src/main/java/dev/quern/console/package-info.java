/** Terminal support for programs: detection of a terminal, and a progress bar. */
package dev.quern.console;
