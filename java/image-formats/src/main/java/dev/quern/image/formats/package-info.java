/** Image formats that the JDK does not support, or not well. */
@NullMarked
package dev.quern.image.formats;

import org.jspecify.annotations.NullMarked;
