/**
 * The training loop: a trainer, what it tells listeners, its state for checkpoints, and how much
 * memory it takes.
 */
@NullMarked
package dev.quern.train;

import org.jspecify.annotations.NullMarked;
