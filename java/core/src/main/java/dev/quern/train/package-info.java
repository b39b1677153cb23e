/**
 * The training loop: a trainer, what it tells listeners, its state for checkpoints, and how much
 * memory it takes.
 */
package dev.quern.train;
