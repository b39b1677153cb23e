/**
 * Layers as immutable records with PyTorch's names and defaults. {@code dev.quern.eager} runs them
 * on tensors.
 */
@NullMarked
package dev.quern.layer;

import org.jspecify.annotations.NullMarked;
