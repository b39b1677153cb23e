package dev.quern.plan.build;

/** The use that a layer has for a quantized value, in an inference plan. */
public enum ByteUse {
  /** It has no use for them, or reads them as they are wanted of it, as quantized layers do. */
  NONE,
  /** It leaves them as they are, or takes some of them, or repeats them. */
  PASSES,
  /** It puts those of several values behind each other. */
  CONCATENATES,
  /** It normalises what a quantized layer makes, in that layer's pass. */
  NORMALIZES,
  /** It is a function of each, and makes bytes of bytes. */
  MAPS,
  /** It is a function of two, and makes bytes of bytes. */
  JOINS,
  /** It makes of them, whose sums are exact, what is wanted: more bytes, or floats. */
  AVERAGES;

  /** Whether the layer may stand between a value and the quantized layer that it goes into. */
  boolean isBetween() {
    return this != NONE && this != AVERAGES;
  }
}
