/**
 * Decoding of images by readers of ImageIO, here the JDK's own, with the same conversion rules for
 * all formats.
 */
@NullMarked
package dev.quern.image.decode;

import org.jspecify.annotations.NullMarked;
