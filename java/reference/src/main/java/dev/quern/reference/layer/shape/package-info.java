/** Reference implementations of layers that rearrange, slice, concatenate, pad or resize values. */
@NullMarked
package dev.quern.reference.layer.shape;

import org.jspecify.annotations.NullMarked;
