/** Reference implementations of activations and softmax: forward and backward passes. */
@NullMarked
package dev.quern.reference.layer.activation;

import org.jspecify.annotations.NullMarked;
