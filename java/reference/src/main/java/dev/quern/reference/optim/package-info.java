/** Reference implementations of optimizers. */
@NullMarked
package dev.quern.reference.optim;

import org.jspecify.annotations.NullMarked;
