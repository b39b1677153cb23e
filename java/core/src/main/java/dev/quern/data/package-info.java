/**
 * Images in memory, how they become floats, and what is done to them at random in training. Readers
 * of data sets are in the module quern-io, those of pictures in quern-image.
 */
@NullMarked
package dev.quern.data;

import org.jspecify.annotations.NullMarked;
