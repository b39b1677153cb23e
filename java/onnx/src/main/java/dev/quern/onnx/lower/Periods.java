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
 * The periods of sizes, in pixels of an input: if the input's height grows by the period, the
 * height of each value grows by a constant, so rounding has no effect. A period is the product of
 * strides and of the divisors in shape arithmetic.
 */
final class Periods {
  /** The maximum period, far above any useful period, so that products do not overflow. */
  private static final long MOST = 1 << 20;

  private final Map<String, Long> layers = new HashMap<>();
  private final Map<String, Long> values = new HashMap<>();
  private long common = 1;

  /** Returns the common period of all sizes in the graph. */
  long common() {
    return common;
  }

  /** Records the period of a new layer, computed from its stride and its inputs. */
  void layer(String name, Layer layer, List<String> inputs) {
    long period = stride(layer);
    for (String in : inputs) {
      period = joined(period, stride(layer), layer(in));
    }
    layers.put(name, period);
    common = multiple(common, period);
  }

  /** Returns the period of the sizes of a layer's output. */
  long layer(String name) {
    return layers.getOrDefault(name, 1L);
  }

  /** Records the period of a value that the file computes from sizes. */
  void value(String name, long period) {
    values.merge(name, period, Periods::multiple);
    common = multiple(common, period);
  }

  /** Returns the period of the sizes from which a value is computed. */
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

  /** Returns the least common multiple of two periods. */
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
