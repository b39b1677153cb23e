/** The passes of activations and softmax. */
@NullMarked
package dev.quern.reference.layer.activation;

import org.jspecify.annotations.NullMarked;
