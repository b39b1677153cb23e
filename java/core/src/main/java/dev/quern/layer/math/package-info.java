/**
 * Elementwise arithmetic of several inputs, comparisons, matrix products, and reductions over axes.
 */
@NullMarked
package dev.quern.layer.math;

import org.jspecify.annotations.NullMarked;
