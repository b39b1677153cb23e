/** Layers that reshape, permute, slice, concatenate, pad and resize. */
@NullMarked
package dev.quern.layer.shape;

import org.jspecify.annotations.NullMarked;
