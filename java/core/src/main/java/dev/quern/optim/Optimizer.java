package dev.quern.optim;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * An optimizer: an immutable description of an update rule, with PyTorch's formulas, names and
 * defaults. The caller stores the optimizer's states, which are arrays of a weight's size,
 * initially zeros.
 */
public sealed interface Optimizer permits Sgd, Adam, AdamW, RmsProp, Muon, CustomOptimizer {
  /**
   * Returns the optimizer's name in files and on the command line, such as {@code sgd} or {@code
   * adam}.
   */
  String type();

  /** Returns the base learning rate, which a {@link Schedule} multiplies by a factor. */
  float lr();

  float weightDecay();

  /** Returns a copy with another learning rate. */
  Optimizer withLr(float lr);

  /** Returns a copy with another weight decay. */
  Optimizer withWeightDecay(float weightDecay);

  /**
   * Returns PyTorch's names of the states that a step updates, each of which has the size of the
   * weight; empty for SGD without momentum.
   */
  List<String> states();

  /**
   * Returns the optimizer for parameters of this shape: this optimizer, except that {@link Muon}
   * returns {@link Muon#rest()} for all shapes but those of convolution filters.
   */
  default Optimizer forShape(Shape shape) {
    return this;
  }

  /**
   * Updates one tensor by a step of the native optimizer.
   *
   * @param weight the weight, updated in place
   * @param grad the gradient, of the weight's shape
   * @param states a tensor for each name of {@link #states()}, in that order, of the weight's
   *     shape, zeros before the first step; updated in place
   * @param step the number of the step, counted from 1
   */
  default void step(Tensor weight, Tensor grad, List<Tensor> states, long step) {
    TensorStep.run(this, weight, grad, states, step);
  }
}
