package dev.quern.optim;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * Update rule of the weights: an immutable description with PyTorch's rules, names and defaults.
 * Its state consists of arrays as long as the weight, which the caller keeps and which are zeros
 * before the first step.
 */
public sealed interface Optimizer permits Sgd, Adam, AdamW, RmsProp, Muon, CustomOptimizer {
  /** The name in files and on the command line: {@code sgd}, {@code adam}, and so on. */
  String type();

  /** The learning rate, before a {@link Schedule} multiplies it. */
  float lr();

  float weightDecay();

  /** The same with another learning rate. */
  Optimizer withLr(float lr);

  /** The same with another weight decay. */
  Optimizer withWeightDecay(float weightDecay);

  /**
   * The names of the arrays that a step reads and changes, PyTorch's, each as long as the weight;
   * none for plain SGD.
   */
  List<String> states();

  /**
   * The optimizer of a parameter with this shape: this one, except for {@link Muon}, which
   * delegates all parameters but convolution filters to another.
   */
  default Optimizer forShape(Shape shape) {
    return this;
  }

  /**
   * One step of the native operator on one tensor.
   *
   * @param weight updated in place
   * @param grad of the weight's shape
   * @param states one a name of {@link #states()}, in that order, of the weight's shape, zeros
   *     before the first step; updated in place
   * @param step 1 for the first
   */
  default void step(Tensor weight, Tensor grad, List<Tensor> states, long step) {
    TensorStep.run(this, weight, grad, states, step);
  }
}
