package dev.quern.plan.build;

/** The way in which a layer type processes int8 values in an inference plan. */
public enum ByteUse {
  /**
   * The layer does not run in int8. Also used for quantized layers, which define their int8 input
   * themselves.
   */
  NONE,
  /** The layer copies, selects or repeats int8 values unchanged. */
  PASSES,
  /** The layer concatenates several int8 values. */
  CONCATENATES,
  /** The layer normalizes the output of a quantized layer and is fused with that layer. */
  NORMALIZES,
  /** The layer applies an elementwise function to int8 and returns int8. */
  MAPS,
  /** The layer combines two int8 values and returns int8. */
  JOINS,
  /** The layer averages int8 values with exact sums; the result is int8 or float. */
  AVERAGES;

  /**
   * Returns whether values remain int8 if this layer is between a value and the quantized layer
   * that reads it.
   */
  boolean isBetween() {
    return this != NONE && this != AVERAGES;
  }
}
