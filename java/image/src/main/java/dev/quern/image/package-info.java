/**
 * Between {@link dev.quern.data.Image} and java.awt. With this module there, {@code Image.read}
 * decodes PNG, JPEG, GIF and BMP.
 */
@NullMarked
package dev.quern.image;

import org.jspecify.annotations.NullMarked;
