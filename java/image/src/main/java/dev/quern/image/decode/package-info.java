/**
 * Decoding of images by readers of ImageIO, here the JDK's own, with results unified across
 * formats.
 */
@NullMarked
package dev.quern.image.decode;

import org.jspecify.annotations.NullMarked;
