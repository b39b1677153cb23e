/** The passes of convolutions, linear layers, pooling, normalisation and dropout. */
@NullMarked
package dev.quern.reference.layer;

import org.jspecify.annotations.NullMarked;
