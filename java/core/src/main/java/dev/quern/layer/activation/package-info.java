/** Activations and other functions of each element by itself, and softmax. */
@NullMarked
package dev.quern.layer.activation;

import org.jspecify.annotations.NullMarked;
