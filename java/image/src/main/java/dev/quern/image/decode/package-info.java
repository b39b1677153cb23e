/** How pictures are decoded: by the JDK's own readers, whose results are made the same for all. */
@NullMarked
package dev.quern.image.decode;

import org.jspecify.annotations.NullMarked;
