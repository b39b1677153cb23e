/**
 * {@code quern notebook}: the notebook that Quern began as, in three forms. As written, in plain
 * Java ({@link dev.quern.cli.notebook.AsWritten}); the same architecture done right by the native
 * operators ({@link dev.quern.cli.notebook.Fixed}); and one recorded step of it, replayed through
 * the native operators with the notebook's traits added around them ({@link
 * dev.quern.cli.notebook.Replay}).
 */
package dev.quern.cli.notebook;
