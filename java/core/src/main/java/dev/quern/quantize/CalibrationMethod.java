package dev.quern.quantize;

/**
 * Method that chooses the range of a value's 256 steps from its values on the calibration images.
 * Values beyond the range become its ends, so that a smaller one has finer steps.
 */
public enum CalibrationMethod {
  /** From the least value to the largest. One image out of the common run decides. */
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
