package dev.quern.quantize;

/**
 * Method that chooses the range of an activation's 256 quantized values from the calibration
 * images. Values outside the range are clamped, so a smaller range has finer steps.
 */
public enum CalibrationMethod {
  /** From the least value to the largest. A single outlier determines it. */
  MIN_MAX,

  /** All but the outermost 0.01 percent of the values, half of it at each end. */
  PERCENTILE,

  /**
   * The range that minimises the Kullback-Leibler divergence between the distributions of the
   * values and the rounded values. Migacz, "8-bit Inference with TensorRT", 2017.
   */
  ENTROPY,

  /** The range that minimises the mean squared error of the rounded values. */
  MSE
}
