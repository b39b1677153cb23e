package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * An optimizer of your own in plain Java, beside the native ones:
 *
 * <pre>{@code
 * record Lion(float lr, float weightDecay) implements CustomOptimizer {
 *   public Lion withLr(float rate) {
 *     return new Lion(rate, weightDecay);
 *   }
 *
 *   public Lion withWeightDecay(float decay) {
 *     return new Lion(lr, decay);
 *   }
 *
 *   public List<String> states() {
 *     return List.of("momentum");
 *   }
 *
 *   public void step(Step s) {
 *     double[] m = s.state("momentum");
 *     for (int i = 0; i < m.length; i++) {
 *       double update = Math.signum(0.9 * m[i] + 0.1 * s.gradient()[i]);
 *       s.weight()[i] -= s.lr() * (update + weightDecay * s.weight()[i]);
 *       m[i] = 0.99 * m[i] + 0.01 * s.gradient()[i];
 *     }
 *   }
 * }
 * }</pre>
 *
 * A trainer asks for type, states and learning rate once, when it is built. It takes one step for
 * each parameter, one after the other in the network's order, on its own thread. Values come as
 * doubles; weights and states are kept as floats in between, so that a run resumed from a
 * checkpoint has the same bits. The checkpoint has the states by their names. Clipping, groups,
 * freezing, averages and schedules work as with the others. Runs are resumed where its {@code
 * toString} is the same, as a record's is.
 *
 * <p>It must be immutable. What it throws is the cause of a {@link
 * dev.quern.error.UserCodeException}: the parameters before have taken their step, that one and
 * those behind have not, and the trainer can go on.
 */
public non-sealed interface CustomOptimizer extends Optimizer {
  /** By default the class's own name, or {@code custom} where it has none. */
  @Override
  default String type() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "custom" : name;
  }

  /** Names of letters, digits and _, 16 at most; by default none. */
  @Override
  default List<String> states() {
    return List.of();
  }

  /** Changes {@link Step#weight()} and the states. */
  void step(Step step);

  /**
   * A step of one parameter.
   *
   * @param shape the parameter's: OIHW for convolutions, [out, in] for linear layers
   * @param number 1 for the first step
   * @param lr the learning rate of now: the optimizer's, times what the parameter's group and the
   *     schedule say
   * @param weight to be changed
   * @param gradient clipped, of the mean of what was accumulated; not to be changed
   * @param states by name, zeros before the first step; to be changed
   */
  record Step(
      Shape shape,
      long number,
      double lr,
      double[] weight,
      double[] gradient,
      Map<String, double[]> states) {
    public Step {
      requireLength("weight", weight, Require.present("custom optimizer", "shape", shape));
      requireLength("gradient", gradient, shape);
      states = Require.all("custom optimizer", "states", states);
      for (Map.Entry<String, double[]> e : states.entrySet()) {
        requireLength(e.getKey(), e.getValue(), shape);
      }
    }

    /**
     * @throws InvalidArgumentException if there is no such state
     */
    public double[] state(String name) {
      double[] values = states.get(Require.present("custom optimizer", "state", name));
      if (values == null) {
        throw new InvalidArgumentException(
            "custom optimizer: it has no state " + name + ", only " + states.keySet());
      }
      return values;
    }

    private static void requireLength(String what, double[] values, Shape shape) {
      if (Require.present("custom optimizer", what, values).length != shape.elements()) {
        throw new ShapeException(
            "custom optimizer: " + values.length + " values of " + what + " do not fill " + shape);
      }
    }
  }
}
