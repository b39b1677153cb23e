/**
 * Metrics of batching models in a Micrometer registry: {@link
 * dev.quern.micrometer.BatchingModelMetrics}.
 */
@NullMarked
package dev.quern.micrometer;

import org.jspecify.annotations.NullMarked;
