/** Trained networks as the content of model files, and thread-safe prediction with them. */
@NullMarked
package dev.quern.predict;

import org.jspecify.annotations.NullMarked;
