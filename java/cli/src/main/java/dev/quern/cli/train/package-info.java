/** {@code quern train} and {@code quern lr-find}. */
package dev.quern.cli.train;
