/**
 * Images in memory and how they become floats; data sets and the samplers of their order. Readers
 * of data sets are in the module quern-io, those of pictures in quern-image.
 */
@NullMarked
package dev.quern.data;

import org.jspecify.annotations.NullMarked;
