/** Training: trainers, listeners, training states for checkpoints, and summaries of memory use. */
@NullMarked
package dev.quern.train;

import org.jspecify.annotations.NullMarked;
