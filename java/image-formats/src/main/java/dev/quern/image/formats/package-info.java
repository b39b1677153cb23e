/** Readers of WebP, which the JDK does not support, and TIFF, which it supports only partly. */
@NullMarked
package dev.quern.image.formats;

import org.jspecify.annotations.NullMarked;
