package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * A custom optimizer in plain Java:
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
 * A trainer reads type, states and learning rate once, when it is built. It calls one step per
 * parameter, one after the other in the network's order, on its own thread. Values are doubles;
 * weights and states are stored as floats between steps, so a resumed run is bit-identical. A
 * checkpoint contains the states by their names. Clipping, groups, freezing, averages and schedules
 * work as with built-in optimizers. A run can be resumed if the {@code toString} is the same, as
 * for a record.
 *
 * <p>It must be immutable. Its exception becomes the cause of a {@link
 * dev.quern.error.UserCodeException}: earlier parameters are updated, that one and later ones are
 * not, and the trainer remains usable.
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
   * @param shape shape of the parameter: OIHW for convolutions, [out, in] for linear layers
   * @param number 1 for the first step
   * @param lr current learning rate: the optimizer's, times the factors of the parameter's group
   *     and the schedule
   * @param weight to be updated
   * @param gradient clipped mean of the accumulated gradients; must not be changed
   * @param states by name, zeros before the first step; to be updated
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
     * @throws InvalidArgumentException if the state does not exist
     */
    public double[] state(String name) {
      double[] values = states.get(Require.present("custom optimizer", "state", name));
      if (values == null) {
        throw new InvalidArgumentException(
            "custom optimizer: unknown state " + name + ", only " + states.keySet());
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
