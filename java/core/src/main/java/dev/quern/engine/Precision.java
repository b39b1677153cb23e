package dev.quern.engine;

/**
 * Precision of convolutions: how far single precision may be approximated.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) needs a quarter of the multiplications for 3x3 kernels with stride 1; its rounding errors
 * are some 1e-6 of a tensor's largest magnitude, a few times those of plain sums.
 *
 * <p>On processors with AMX, products are made of bfloat16 in three parts (Henry, Tang and
 * Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
 * Computations", 2019). Rounding errors are those of plain sums; precision falls for numbers below
 * 2^-110, and an infinity, or a number beyond 3.38e38, becomes NaN in the sums that it enters.
 *
 * <p>{@link #BF16} is for inference only, and a permission like oneDNN's {@code fpmath_mode}: on
 * processors without a benefit it equals {@link #DEFAULT}. At present AMX benefits.
 */
public enum Precision {
  /** Winograd's convolution, and products made of bfloat16, where they are faster. */
  DEFAULT,
  /** Plain sums of products of single precision only. */
  STRICT,
  /**
   * Inputs and weights of convolutions may be rounded to bfloat16, where that is faster; products
   * are exact then, and added in single precision. Each rounding is at most 2^-8 of its number: an
   * output is wrong by at most 2^-7 + 2^-16 of the sum of its products' magnitudes, or 2^-8 where
   * the weights are bfloat16 already, roundings of sums aside.
   */
  BF16
}
