/**
 * Quantization of networks to int8: calibration, which chooses the ranges of values based on some
 * images, and reports of the errors.
 */
@NullMarked
package dev.quern.quantize;

import org.jspecify.annotations.NullMarked;
