/** Layers that reshape, permute, slice, concatenate, pad or resize their inputs. */
@NullMarked
package dev.quern.layer.shape;

import org.jspecify.annotations.NullMarked;
