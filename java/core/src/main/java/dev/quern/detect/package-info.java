/** Object detection: boxes, their decoding from a network's outputs, and metrics. */
@NullMarked
package dev.quern.detect;

import org.jspecify.annotations.NullMarked;
