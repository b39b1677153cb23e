/** Reference implementations of metrics. */
@NullMarked
package dev.quern.reference.metric;

import org.jspecify.annotations.NullMarked;
