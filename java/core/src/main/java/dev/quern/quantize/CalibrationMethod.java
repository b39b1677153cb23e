package dev.quern.quantize;

/**
 * Method that chooses the range of an activation's 256 quantized values from the calibration
 * images. Values outside the range are clamped, so a smaller range has finer steps.
 */
public enum CalibrationMethod {
  /** The range from the smallest to the largest value, which a single outlier can determine. */
  MIN_MAX,

  /** The range without the outermost 0.01 percent of the values, half of them at each end. */
  PERCENTILE,

  /**
   * The range that minimizes the Kullback-Leibler divergence between the distributions of the
   * values and the rounded values. Migacz, "8-bit Inference with TensorRT", 2017.
   */
  ENTROPY,

  /** The range that minimizes the mean squared error of the rounded values. */
  MSE
}
