/** Readers of WebP and TIFF, which the JDK does not support or supports only partly. */
@NullMarked
package dev.quern.image.formats;

import org.jspecify.annotations.NullMarked;
