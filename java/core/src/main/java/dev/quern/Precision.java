package dev.quern;

/**
 * What convolutions may do with single precision.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) takes a quarter of the multiplications for 3x3 kernels with stride 1; its rounding errors
 * are some 1e-6 of a tensor's largest magnitude, a few times those of plain sums.
 */
public enum Precision {
  /** Winograd's convolution where it is faster. */
  DEFAULT,
  /** Plain sums of products only. */
  STRICT
}
