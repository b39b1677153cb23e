/** Layers that move, cut, join, pad and resize values. */
@NullMarked
package dev.quern.layer.shape;

import org.jspecify.annotations.NullMarked;
