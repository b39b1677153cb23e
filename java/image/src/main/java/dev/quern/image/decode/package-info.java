/**
 * How pictures are decoded: by readers of ImageIO, here the JDK's own, whose results are made the
 * same for all.
 */
@NullMarked
package dev.quern.image.decode;

import org.jspecify.annotations.NullMarked;
