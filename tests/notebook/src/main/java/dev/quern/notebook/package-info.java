/**
 * The notebook that Quern began as, in two forms: as written, in plain Java ({@link
 * dev.quern.notebook.AsWritten}), and one recorded step of it, replayed through the native
 * operators with the notebook's traits added around them ({@link dev.quern.notebook.Replay}).
 */
package dev.quern.notebook;
