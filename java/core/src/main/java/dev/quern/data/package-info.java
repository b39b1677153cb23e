/**
 * Data sets and samplers; images in memory and their preprocessing. Readers of data sets are in the
 * module quern-io, readers of image files in quern-image.
 */
@NullMarked
package dev.quern.data;

import org.jspecify.annotations.NullMarked;
