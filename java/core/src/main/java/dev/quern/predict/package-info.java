/** Trained networks: what a model file holds, and prediction from any number of threads. */
@NullMarked
package dev.quern.predict;

import org.jspecify.annotations.NullMarked;
