package dev.quern.optim;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * An update rule of the weights: an immutable description with PyTorch's rules, names and defaults.
 * Its states are arrays with the size of the weight, which the caller stores and which are zeros
 * before the first step.
 */
public sealed interface Optimizer permits Sgd, Adam, AdamW, RmsProp, Muon, CustomOptimizer {
  /** Returns the name in files and on the command line, such as {@code sgd} or {@code adam}. */
  String type();

  /** Returns the learning rate, before a {@link Schedule} multiplies it. */
  float lr();

  float weightDecay();

  /** Returns a copy with another learning rate. */
  Optimizer withLr(float lr);

  /** Returns a copy with another weight decay. */
  Optimizer withWeightDecay(float weightDecay);

  /**
   * Returns the names of the states that a step reads and updates, with PyTorch's names, each with
   * the size of the weight; none for plain SGD.
   */
  List<String> states();

  /**
   * Returns the optimizer of a parameter with this shape: this one, except for {@link Muon}, which
   * delegates all parameters except convolution filters to another.
   */
  default Optimizer forShape(Shape shape) {
    return this;
  }

  /**
   * Runs one step of the native operator on one tensor.
   *
   * @param weight updated in place
   * @param grad the gradient, of the weight's shape
   * @param states a tensor for each name of {@link #states()}, in that order, of the weight's
   *     shape, zeros before the first step; updated in place
   * @param step the number of the step, 1 for the first
   */
  default void step(Tensor weight, Tensor grad, List<Tensor> states, long step) {
    TensorStep.run(this, weight, grad, states, step);
  }
}
