package dev.quern.engine;

/**
 * Precision of convolutions: the permitted deviation from plain sums in single precision.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) saves up to three quarters of the multiplications of 3x3 kernels with stride 1. Its
 * rounding errors are about 1e-6 of a tensor's largest magnitude, a few times larger than the
 * errors of plain sums.
 *
 * <p>On processors with AMX, each float32 number is split into three bfloat16 numbers, which are
 * multiplied and added (Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial Intelligence
 * Datatype For Higher-Precision Computations", 2019). Rounding errors are as small as those of
 * plain sums. Numbers below 2^-110 lose precision. A sum that contains an infinity or a number
 * above 3.38e38 becomes NaN.
 *
 * <p>{@link #BF16} is for inference only. Like oneDNN's {@code fpmath_mode}, it permits a lower
 * precision on processors on which this is faster, currently those with AMX. On all other
 * processors, {@code BF16} is equal to {@link #DEFAULT}.
 */
public enum Precision {
  /** Permits Winograd's convolution and three-part bfloat16 products where they are faster. */
  DEFAULT,
  /** Permits only plain sums of products in single precision. */
  STRICT,
  /**
   * Permits rounding of a convolution's inputs and weights to bfloat16 where that is faster. The
   * products of the rounded numbers are exact and are added in single precision. Rounding has a
   * relative error of at most 2^-8. Let s be the sum of the products' magnitudes: the error of an
   * output is at most (2^-7 + 2^-16) s, or 2^-8 s if the weights are already bfloat16, plus the
   * rounding errors of the sum.
   */
  BF16
}
