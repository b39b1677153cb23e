/**
 * Properties and settings of the native library: processor, threads, and the implementations and
 * precision of convolutions.
 */
@NullMarked
package dev.quern.engine;

import org.jspecify.annotations.NullMarked;
