package dev.quern.onnx.graph;

import org.jspecify.annotations.Nullable;

/**
 * Scales of integers: element i has the scale {@code each[i / inner % each.length]}.
 *
 * @param each one for all, or one for each index of an axis
 * @param inner elements behind that axis
 */
public record Scales(float[] each, int inner) {
  private float of(int element) {
    return each[element / inner % each.length];
  }

  /**
   * The scale of each run of elements; null if one has several.
   *
   * @param length elements of a run
   */
  float @Nullable [] ofParts(int parts, int length) {
    boolean single = each.length == 1 || inner % length == 0;
    float[] out = new float[parts];
    for (int part = 0; part < parts; part++) {
      out[part] = of(part * length);
      for (int i = 1; !single && i < length; i++) {
        if (of(part * length + i) != out[part]) {
          return null;
        }
      }
    }
    return out;
  }

  /** Those of some of the elements, in any order. */
  Scales taken(int... from) {
    if (each.length == 1) {
      return this;
    }
    float[] out = new float[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = of(from[i]);
    }
    return new Scales(out, 1);
  }
}
