package dev.quern.quantize;

/**
 * Method for choosing the range of an activation's 256 quantized values from calibration images.
 * Values outside the range are clamped; a smaller range has a smaller scale, and thus smaller
 * rounding errors.
 */
public enum CalibrationMethod {
  /** The range from the smallest to the largest value. A single outlier can enlarge the range. */
  MIN_MAX,

  /** The range that excludes the outermost 0.01 percent of the values, half of them at each end. */
  PERCENTILE,

  /**
   * The range that minimizes the Kullback-Leibler divergence between the distributions of the
   * values and the rounded values. Migacz, "8-bit Inference with TensorRT", 2017.
   */
  ENTROPY,

  /** The range that minimizes the mean squared error of the rounded values. */
  MSE
}
