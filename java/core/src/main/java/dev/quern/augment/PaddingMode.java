package dev.quern.augment;

/** The values of pixels outside a shifted image. */
public enum PaddingMode {
  /** Black padding: bytes and floats of 0. */
  ZERO,
  /** The image mirrored at its border, without repeating the border pixels; PyTorch's "reflect". */
  REFLECT
}
