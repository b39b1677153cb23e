package dev.quern.augment;

/** What comes in from outside an image that is moved. */
public enum PaddingMode {
  /** Black: bytes and floats of 0. */
  ZERO,
  /** The image again, mirrored at its border, whose pixels are not repeated; torch's "reflect". */
  REFLECT
}
