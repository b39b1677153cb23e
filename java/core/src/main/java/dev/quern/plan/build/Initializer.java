package dev.quern.plan.build;

import dev.quern.error.ShapeException;
import dev.quern.error.UserCodeException;
import dev.quern.init.CustomInit;
import dev.quern.init.Init;
import dev.quern.internal.NamePattern;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.kernel.optim.VectorKernel;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Weight initialization. A parameter is initialized by the last rule whose pattern matches its
 * name. By default, weights and biases are uniform in ±1 / sqrt(fan in), as in PyTorch.
 */
public final class Initializer {
  private Initializer() {}

  /**
   * A rule that assigns an initializer to parameters.
   *
   * @param pattern pattern of dotted parameter names
   * @param init the initializer
   */
  public record Rule(String pattern, Init init) {
    public Rule {
      Require.present("initialize", "pattern", pattern);
      Require.present("initialize", "initializer of " + pattern, init);
    }
  }

  /**
   * Initializes all weights and buffers.
   *
   * @param seed seed of the random numbers
   */
  public static void initialize(Weights weights, List<Rule> rules, long seed) {
    Map<String, Parameter> parameters = weights.parameters();
    Map<String, Init> chosen = new HashMap<>();
    for (Rule rule : rules) {
      NamePattern pattern = NamePattern.of("initialize", rule.pattern(), parameters.keySet());
      parameters.keySet().stream()
          .filter(pattern::matches)
          .forEach(name -> chosen.put(name, rule.init()));
    }
    int number = 0;
    for (Map.Entry<String, Parameter> e : parameters.entrySet()) {
      String name = e.getKey();
      Init init = chosen.get(name);
      if (init == null) {
        setDefault(weights.parameter(name), e.getValue(), seed, number);
      } else {
        weights.set(name, values(name, e.getValue(), init, seed, number));
      }
      number++;
    }
    weights
        .network()
        .buffers()
        .forEach((name, b) -> weights.set(name, filled(b.shape(), b.initial())));
  }

  private static float[] filled(Shape shape, float value) {
    float[] v = Heap.floats("initialize", shape.elements());
    Arrays.fill(v, value);
    return v;
  }

  private static float[] values(String name, Parameter p, Init init, long seed, int number) {
    String where = " (parameter " + name + ")";
    try {
      return init instanceof CustomInit
          ? UserCode.answer("initialize: values", () -> init.values(p.shape(), seed, number))
          : init.values(p.shape(), seed, number);
    } catch (ShapeException e) {
      throw new ShapeException(e.getMessage() + where);
    } catch (UserCodeException e) {
      throw new UserCodeException(e.getMessage() + where, e.getCause());
    }
  }

  private static void setDefault(FloatPointer to, Parameter p, long seed, int number) {
    long elements = p.shape().elements();
    if (p.fanIn() == 0) {
      float[] constant = filled(p.shape(), p.constant());
      to.put(constant, 0, constant.length);
      return;
    }
    float bound = (float) (1 / Math.sqrt(p.fanIn()));
    VectorKernel.uniform(elements, seed, number, bound, to);
  }
}
