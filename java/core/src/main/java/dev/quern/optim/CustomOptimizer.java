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
 * A trainer reads the optimizer's type, states and learning rate once, when it is built. For each
 * update, it calls {@link #step} for each parameter in the network's order, on the training thread.
 * Values are doubles; weights and states are stored as floats between steps, so a resumed run is
 * bit-identical. A checkpoint contains the states by name. Gradient clipping, parameter groups,
 * freezing, weight averaging and schedules work as with built-in optimizers. A run can be resumed
 * with an optimizer whose {@code toString} equals the original optimizer's, as it does for equal
 * records.
 *
 * <p>The optimizer must be immutable. If a step throws, the trainer throws a {@link
 * dev.quern.error.UserCodeException} with the exception as its cause. Parameters updated before the
 * failed step keep their new values, the other parameters are unchanged, and the trainer remains
 * usable.
 */
public non-sealed interface CustomOptimizer extends Optimizer {
  /**
   * Returns the optimizer's name; by default the class's simple name, or {@code custom} for an
   * anonymous class.
   */
  @Override
  default String type() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "custom" : name;
  }

  /**
   * Returns the names of at most 16 states, each consisting of letters, digits and _; by default
   * none.
   */
  @Override
  default List<String> states() {
    return List.of();
  }

  /** Computes a step: updates {@link Step#weight()} and the states in place. */
  void step(Step step);

  /**
   * The arguments of a step for one parameter.
   *
   * @param shape shape of the parameter: OIHW for convolutions, [out, in] for linear layers
   * @param number the number of the step, counted from 1
   * @param lr the learning rate, already multiplied by the factors of the parameter's group and the
   *     schedule
   * @param weight the weights, updated in place
   * @param gradient the mean of the accumulated gradients after clipping; must not be changed
   * @param states the states by name, zeros before the first step; updated in place
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
     * Returns the array of a state.
     *
     * @throws InvalidArgumentException if the state does not exist
     */
    public double[] state(String name) {
      double[] values = states.get(Require.present("custom optimizer", "state", name));
      if (values == null) {
        throw new InvalidArgumentException(
            "custom optimizer: unknown state " + name + ", the states are " + states.keySet());
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
