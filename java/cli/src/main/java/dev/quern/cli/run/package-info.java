/** The folders of training runs, configuration files, and {@code quern report}. */
package dev.quern.cli.run;
