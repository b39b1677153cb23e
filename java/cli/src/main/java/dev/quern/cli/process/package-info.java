/** The process of a command: exit statuses, error messages, shutdown by a signal, version. */
package dev.quern.cli.process;
