package dev.quern;

import dev.quern.error.ShapeException;
import dev.quern.init.Init;
import dev.quern.internal.NamePattern;
import dev.quern.internal.Philox;
import dev.quern.internal.Require;
import dev.quern.layer.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * First values of weights: what the last rule that names them says, or else PyTorch's default,
 * uniform in ±1 / sqrt(fan in) for weights and biases alike.
 */
final class Initializer {
  private Initializer() {}

  /** An initialiser for the parameters that a pattern names. */
  record Rule(String pattern, Init init) {
    Rule {
      Require.present("initialize", "pattern", pattern);
      Require.present("initialize", "initialiser of " + pattern, init);
    }
  }

  /**
   * @param to takes the values of one weight or buffer after the other: all of them in the heap at
   *     once would double what a network needs
   */
  static void initial(
      Network network, List<Rule> rules, long seed, BiConsumer<String, float[]> to) {
    Map<String, Parameter> parameters = network.parameters();
    Map<String, Init> chosen = new HashMap<>();
    for (Rule rule : rules) {
      NamePattern pattern = NamePattern.of("initialize", rule.pattern(), parameters.keySet());
      parameters.keySet().stream()
          .filter(pattern::matches)
          .forEach(name -> chosen.put(name, rule.init()));
    }
    int number = 0;
    for (Map.Entry<String, Parameter> e : parameters.entrySet()) {
      Init init = chosen.get(e.getKey());
      to.accept(
          e.getKey(),
          init == null
              ? values(e.getValue(), seed, number)
              : values(e.getKey(), e.getValue(), init, seed, number));
      number++;
    }
    network.buffers().forEach((name, b) -> to.accept(name, filled(b.shape(), b.initial())));
  }

  private static float[] filled(Shape shape, float value) {
    float[] v = new float[Math.toIntExact(shape.elements())];
    Arrays.fill(v, value);
    return v;
  }

  private static float[] values(String name, Parameter p, Init init, long seed, int number) {
    try {
      return init.values(p.shape(), seed, number);
    } catch (ShapeException e) {
      throw new ShapeException(e.getMessage() + " (parameter " + name + ")");
    }
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
