/**
 * Dense prediction: models whose output is a map or an image. Background removal, depth estimation,
 * and image-to-image prediction in tiles, such as super-resolution.
 */
@NullMarked
package dev.quern.dense;

import org.jspecify.annotations.NullMarked;
