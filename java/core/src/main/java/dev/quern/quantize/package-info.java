/**
 * Networks of whole numbers: calibration, which chooses the steps of values from some images, and
 * what is lost by it.
 */
@NullMarked
package dev.quern.quantize;

import org.jspecify.annotations.NullMarked;
