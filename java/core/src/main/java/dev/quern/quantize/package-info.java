/**
 * Quantization of networks to int8: calibration, which selects the ranges of values from some
 * images, and its errors.
 */
@NullMarked
package dev.quern.quantize;

import org.jspecify.annotations.NullMarked;
