/** Trained networks: what a model file holds, and prediction from any number of threads. */
package dev.quern.predict;
