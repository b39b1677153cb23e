package dev.quern.plan.build;

/** The way in which a layer uses a quantized value in an inference plan. */
public enum ByteUse {
  /** The layer does not use int8, or defines its own int8 input, as quantized layers do. */
  NONE,
  /** The layer copies, selects or repeats values. */
  PASSES,
  /** The layer concatenates several values. */
  CONCATENATES,
  /** The layer normalizes the output of a quantized layer, in that layer's pass. */
  NORMALIZES,
  /** The layer is an elementwise function from int8 to int8. */
  MAPS,
  /** The layer is a function of two values from int8 to int8. */
  JOINS,
  /** The layer computes exact sums, with int8 or float results. */
  AVERAGES;

  /** Returns whether the layer may lie between a value and the quantized layer that reads it. */
  boolean isBetween() {
    return this != NONE && this != AVERAGES;
  }
}
