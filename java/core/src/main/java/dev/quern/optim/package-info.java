/** Optimizers, learning-rate schedules and parameter groups. */
@NullMarked
package dev.quern.optim;

import org.jspecify.annotations.NullMarked;
