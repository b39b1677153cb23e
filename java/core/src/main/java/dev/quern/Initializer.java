package dev.quern;

import dev.quern.error.ShapeException;
import dev.quern.init.Init;
import dev.quern.internal.NamePattern;
import dev.quern.internal.Philox;
import dev.quern.internal.Require;
import dev.quern.layer.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  static Map<String, float[]> initial(Network network, List<Rule> rules, long seed) {
    Map<String, Parameter> parameters = network.parameters();
    Map<String, Init> chosen = new HashMap<>();
    for (Rule rule : rules) {
      NamePattern pattern = NamePattern.of("initialize", rule.pattern(), parameters.keySet());
      parameters.keySet().stream()
          .filter(pattern::matches)
          .forEach(name -> chosen.put(name, rule.init()));
    }
    Map<String, float[]> all = new LinkedHashMap<>();
    parameters.forEach(
        (name, p) -> {
          Init init = chosen.get(name);
          int number = all.size();
          all.put(
              name, init == null ? values(p, seed, number) : values(name, p, init, seed, number));
        });
    network.buffers().forEach((name, b) -> all.put(name, filled(b.shape(), b.initial())));
    return all;
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
