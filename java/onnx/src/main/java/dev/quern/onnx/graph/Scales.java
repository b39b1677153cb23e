package dev.quern.onnx.graph;

import org.jspecify.annotations.Nullable;

/**
 * The scales of quantized integers: element i has the scale {@code each[i / inner % each.length]}.
 *
 * @param each one scale for all elements, or one for each index of an axis
 * @param inner the number of elements per index of that axis, in row-major order
 */
public record Scales(float[] each, int inner) {
  private float of(int element) {
    return each[element / inner % each.length];
  }

  /**
   * Returns the scale of each part of the elements; null if a part has several scales.
   *
   * @param length the number of elements in a part
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

  /** Returns the scales of selected elements, in any order. */
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
