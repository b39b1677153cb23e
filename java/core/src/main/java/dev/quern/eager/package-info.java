/**
 * Layers run one at a time: forward and backward passes of the native operators on tensors in NCHW
 * order. {@link dev.quern.eager.Eager} makes them from layers.
 */
@NullMarked
package dev.quern.eager;

import org.jspecify.annotations.NullMarked;
