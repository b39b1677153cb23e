package dev.quern.onnx.lower;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.shape.Slice;
import dev.quern.tensor.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Periods of sizes, in pixels of an input: when the input's height grows by the period, the heights
 * of all values grow by a constant, independent of rounding. The period is the product of strides
 * and of the divisors of shape arithmetic.
 */
final class Periods {
  /** Maximum period, above any useful one, so that products do not overflow. */
  private static final long MOST = 1 << 20;

  private final Map<String, Long> layers = new HashMap<>();
  private final Map<String, Long> values = new HashMap<>();
  private long common = 1;

  /** Returns the common period of all sizes of the graph. */
  long common() {
    return common;
  }

  /** Records a layer. */
  void layer(String name, Layer layer, List<String> inputs) {
    long period = stride(layer);
    for (String in : inputs) {
      period = joined(period, stride(layer), layer(in));
    }
    layers.put(name, period);
    common = multiple(common, period);
  }

  /** Returns the period of a layer's sizes. */
  long layer(String name) {
    return layers.getOrDefault(name, 1L);
  }

  /** Records a value of the file that is computed from sizes. */
  void value(String name, long period) {
    values.merge(name, period, Periods::multiple);
    common = multiple(common, period);
  }

  /** Returns the period of a value's sizes. */
  long value(String name) {
    return values.getOrDefault(name, 1L);
  }

  private static long joined(long before, long stride, long input) {
    return multiple(before, Math.min(MOST, stride * input));
  }

  private static long stride(Layer layer) {
    if (layer instanceof QuantizedConv2d q) {
      return stride(q.plain());
    }
    if (layer instanceof Conv2d c) {
      return sides(c.stride());
    }
    if (layer instanceof MaxPool2d p) {
      return sides(p.stride());
    }
    if (layer instanceof AvgPool2d p) {
      return sides(p.stride());
    }
    return layer instanceof Slice s ? s.step() : 1;
  }

  private static long sides(Size size) {
    return multiple(size.height(), size.width());
  }

  /** Returns the least common multiple. */
  static long multiple(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return Math.min(MOST, a / x * b);
  }
}
