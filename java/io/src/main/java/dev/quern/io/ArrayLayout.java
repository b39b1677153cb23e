package dev.quern.io;

/** The order of the axes of images in an array. */
public enum ArrayLayout {
  /** {@code [N, C, H, W]}, as in PyTorch. */
  NCHW,
  /** {@code [N, H, W, C]}, as in Keras and scikit-image. */
  NHWC,
  /** Samples are used unchanged, with any meaning of axes. */
  AS_IS
}
