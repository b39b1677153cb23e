/** Initializers of weights. */
@NullMarked
package dev.quern.init;

import org.jspecify.annotations.NullMarked;
