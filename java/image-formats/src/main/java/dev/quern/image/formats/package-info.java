/** Formats of pictures that the JDK does not read, or not well. */
@NullMarked
package dev.quern.image.formats;

import org.jspecify.annotations.NullMarked;
