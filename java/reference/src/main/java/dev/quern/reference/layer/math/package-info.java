/** Reference implementations of arithmetic, comparisons, matrix products and reductions. */
@NullMarked
package dev.quern.reference.layer.math;

import org.jspecify.annotations.NullMarked;
