/** Metrics of evaluations. */
@NullMarked
package dev.quern.reference.metric;

import org.jspecify.annotations.NullMarked;
