/**
 * Post-training quantization to int8: calibration of value ranges on sample images, and reports of
 * quantization errors.
 */
@NullMarked
package dev.quern.quantize;

import org.jspecify.annotations.NullMarked;
