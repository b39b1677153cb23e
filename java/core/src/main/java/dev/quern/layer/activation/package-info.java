/** Activations and other elementwise functions, and softmax. */
@NullMarked
package dev.quern.layer.activation;

import org.jspecify.annotations.NullMarked;
