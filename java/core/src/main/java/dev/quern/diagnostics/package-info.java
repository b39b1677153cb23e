/** Likely faults of data and training, found from what a run has at hand anyway. */
@NullMarked
package dev.quern.diagnostics;

import org.jspecify.annotations.NullMarked;
