/**
 * {@code quern predict}, {@code detect} and {@code eval}: commands that run a saved model on data.
 */
package dev.quern.cli.predict;
