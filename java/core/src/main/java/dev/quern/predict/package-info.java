/** Trained networks: the content of a model file, and thread-safe prediction. */
@NullMarked
package dev.quern.predict;

import org.jspecify.annotations.NullMarked;
