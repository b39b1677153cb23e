package dev.quern.engine;

/**
 * What convolutions may do with single precision.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) takes a quarter of the multiplications for 3x3 kernels with stride 1; its rounding errors
 * are some 1e-6 of a tensor's largest magnitude, a few times those of plain sums.
 *
 * <p>On processors with AMX, products are made of bfloat16 in three parts (Henry, Tang and
 * Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
 * Computations", 2019). Rounding errors are those of plain sums; precision falls for numbers below
 * 2^-110, and an infinity, or a number beyond 3.38e38, becomes NaN in the sums that it enters.
 */
public enum Precision {
  /** Winograd's convolution, and products made of bfloat16, where they are faster. */
  DEFAULT,
  /** Plain sums of products of single precision only. */
  STRICT
}
