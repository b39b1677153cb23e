/**
 * Conversion of {@link dev.quern.data.Image} to and from java.awt's images. If this module is
 * present, {@code Image.read} decodes PNG, JPEG, GIF and BMP.
 */
@NullMarked
package dev.quern.image;

import org.jspecify.annotations.NullMarked;
