/** The unchecked exceptions of Quern. All of them extend {@link dev.quern.error.QuernException}. */
@NullMarked
package dev.quern.error;

import org.jspecify.annotations.NullMarked;
