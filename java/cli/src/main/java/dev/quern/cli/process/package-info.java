/** The process: exit statuses, messages of failures, the end by a signal, the version. */
package dev.quern.cli.process;
