/** {@code quern predict}, {@code detect} and {@code eval}: what reads a saved model and images. */
package dev.quern.cli.predict;
