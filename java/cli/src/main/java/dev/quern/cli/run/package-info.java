/** The folders of training runs, their configuration files, and {@code quern report}. */
package dev.quern.cli.run;
