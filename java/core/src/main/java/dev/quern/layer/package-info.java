/**
 * Layers as immutable records with PyTorch's names and defaults, and their operators: {@code
 * forward} and {@code backward} on tensors in NCHW order.
 */
@NullMarked
package dev.quern.layer;

import org.jspecify.annotations.NullMarked;
