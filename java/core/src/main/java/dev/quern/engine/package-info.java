/**
 * The native side as a whole: processor, threads, which implementation runs a convolution, and with
 * what precision.
 */
package dev.quern.engine;
