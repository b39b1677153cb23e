package dev.quern.augment;

/** The padding around a shifted image. */
public enum PaddingMode {
  /** Black padding: bytes and floats of 0. */
  ZERO,
  /** The image mirrored at its border, without repeating the border pixels; torch's "reflect". */
  REFLECT
}
