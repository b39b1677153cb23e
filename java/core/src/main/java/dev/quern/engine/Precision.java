package dev.quern.engine;

/**
 * Precision of convolutions: the permitted deviation from plain sums in single precision.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) needs a quarter of the multiplications for 3x3 kernels with stride 1; its rounding errors
 * are about 1e-6 of a tensor's largest magnitude, a few times those of plain sums.
 *
 * <p>On processors with AMX, products are made of bfloat16 in three parts (Henry, Tang and
 * Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
 * Computations", 2019). Rounding errors are those of plain sums. Precision decreases for numbers
 * below 2^-110. A sum that contains an infinity or a number above 3.38e38 becomes NaN.
 *
 * <p>{@link #BF16} is for inference only. Like oneDNN's {@code fpmath_mode}, it permits a lower
 * precision where that is faster, currently on processors with AMX. On other processors it is equal
 * to {@link #DEFAULT}.
 */
public enum Precision {
  /**
   * Winograd's convolution and products in three parts of bfloat16 are permitted where they are
   * faster.
   */
  DEFAULT,
  /** Only plain sums of products in single precision are permitted. */
  STRICT,
  /**
   * Inputs and weights of convolutions may be rounded to bfloat16 where that is faster. Their
   * products are exact and are added in single precision. Each rounding changes a number by at most
   * 2^-8. The error of an output is at most 2^-7 + 2^-16 of the sum of the magnitudes of its
   * products, or 2^-8 if the weights are already bfloat16, plus the rounding errors of the sum.
   */
  BF16
}
