package dev.quern.io;

/** Order of the axes of images in an array. */
public enum ArrayLayout {
  /** {@code [N, C, H, W]}, as PyTorch has it. */
  NCHW,
  /** {@code [N, H, W, C]}, as Keras and scikit-image have it. */
  NHWC,
  /** Samples are taken as they are, whatever their axes mean. */
  AS_IS
}
