/**
 * Images in memory and their conversion to floats; data sets and samplers. Readers of data sets are
 * in the module quern-io, readers of image files in quern-image.
 */
@NullMarked
package dev.quern.data;

import org.jspecify.annotations.NullMarked;
