package dev.quern.dense;

/** The meaning of a network's output values for {@link BackgroundRemoval}. */
public enum MaskValues {
  /**
   * The values are scaled so that the map's minimum becomes 0 and its maximum becomes 1, as the
   * code of U2-Net, IS-Net and RMBG does. If all values are equal, the mask is 0.
   */
  MIN_MAX,
  /** The values are opacities from 0 to 1, as those of MODNet; values outside are clamped. */
  PROBABILITIES,
  /** The values are logits, to which the sigmoid function is applied. */
  LOGITS
}
