/**
 * {@code quern predict}, {@code detect}, {@code cutout}, {@code eval} and others: commands that run
 * a saved model on data.
 */
package dev.quern.cli.predict;
