/**
 * The native side as a whole: processor, threads, which implementation runs a convolution, and with
 * what precision.
 */
@NullMarked
package dev.quern.engine;

import org.jspecify.annotations.NullMarked;
