/**
 * Eager execution: forward and backward passes of single layers on tensors in NCHW order. {@link
 * dev.quern.eager.Eager} returns the passes of a layer.
 */
@NullMarked
package dev.quern.eager;

import org.jspecify.annotations.NullMarked;
