/** Reference implementations of losses and their gradients. */
@NullMarked
package dev.quern.reference.loss;

import org.jspecify.annotations.NullMarked;
