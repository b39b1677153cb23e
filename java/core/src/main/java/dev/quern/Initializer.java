package dev.quern;

import dev.quern.internal.Philox;
import dev.quern.layer.Parameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * First values of weights: PyTorch's default, uniform in ±1 / sqrt(fan in) for weights and biases
 * alike.
 */
final class Initializer {
  private Initializer() {}

  static Map<String, float[]> initial(Network network, long seed) {
    Map<String, float[]> all = new LinkedHashMap<>();
    network.parameters().forEach((name, p) -> all.put(name, values(p, seed, all.size())));
    network.buffers().forEach((name, b) -> all.put(name, filled(b.shape(), b.initial())));
    return all;
  }

  private static float[] filled(Shape shape, float value) {
    float[] v = new float[Math.toIntExact(shape.elements())];
    Arrays.fill(v, value);
    return v;
  }

  private static float[] values(Parameter p, long seed, int number) {
    if (p.fanIn() == 0) {
      return filled(p.shape(), p.constant());
    }
    float bound = (float) (1 / Math.sqrt(p.fanIn()));
    float[] v = new float[Math.toIntExact(p.shape().elements())];
    for (int i = 0; i < v.length; i++) {
      v[i] = (2 * Philox.uniform(seed, Philox.Stream.INITIALIZE, number, i) - 1) * bound;
    }
    return v;
  }
}
