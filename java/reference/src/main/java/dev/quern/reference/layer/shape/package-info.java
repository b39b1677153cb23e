/** The passes of layers that move, cut, join, pad and resize values. */
@NullMarked
package dev.quern.reference.layer.shape;

import org.jspecify.annotations.NullMarked;
