/** Reference implementations of convolutions, linear layers, pooling, normalization and dropout. */
@NullMarked
package dev.quern.reference.layer;

import org.jspecify.annotations.NullMarked;
