package dev.quern.quantize;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Tanh;

/**
 * Range of inputs in which a function varies; outside this range, the function is constant, or
 * nearly constant at 256 steps. If only this function reads a value, the value's quantization range
 * is limited to these bounds, so that the steps are smaller.
 *
 * @param low the lower bound; may be negative infinity
 * @param high the upper bound; may be infinity
 */
record Crops(float low, float high) {
  static final Crops NONE = new Crops(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  private static Crops above(float low) {
    return new Crops(low, Float.POSITIVE_INFINITY);
  }

  /** Returns the bounds of an activation; {@link #NONE} for other layers. */
  static Crops of(Layer layer) {
    if (layer instanceof Relu) {
      return above(0);
    } else if (layer instanceof Relu6) {
      return new Crops(0, 6);
    } else if (layer instanceof Clamp c && c.min() < c.max()) {
      return new Crops(c.min(), c.max());
    } else if (layer instanceof Hardswish) {
      return above(-3);
    } else if (layer instanceof Hardsigmoid) {
      return new Crops(-3, 3);
    } else if (layer instanceof Sigmoid) {
      return new Crops(-8, 8);
    } else if (layer instanceof Tanh) {
      return new Crops(-4, 4);
    } else if (layer instanceof Gelu) {
      return above(-4);
    } else if (layer instanceof Silu || layer instanceof Mish) {
      return above(-10);
    }
    return NONE;
  }

  /** Returns the values clamped to the bounds; {@code values} itself if there are no bounds. */
  float[] of(float[] values) {
    if (equals(NONE)) {
      return values;
    }
    float[] within = values.clone();
    for (int i = 0; i < within.length; i++) {
      within[i] = Math.min(Math.max(within[i], low), high); // NaN stays NaN
    }
    return within;
  }
}
