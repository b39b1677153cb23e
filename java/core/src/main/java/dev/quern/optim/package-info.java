/** Optimizers. */
@NullMarked
package dev.quern.optim;

import org.jspecify.annotations.NullMarked;
