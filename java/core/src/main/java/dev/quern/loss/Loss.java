package dev.quern.loss;

import dev.quern.tensor.Tensor;

/**
 * Training loss: a number computed from a network's outputs and its targets, with its gradient.
 * Immutable and thread-safe; computed in double precision, and the same bit for bit for any number
 * of threads.
 */
public sealed interface Loss
    permits CrossEntropy, BceWithLogits, Mse, Huber, SigmoidFocal, SoftmaxFocal, Dice, CustomLoss {
  /** Reduction of a batch's losses to one number. */
  enum Reduction {
    MEAN,
    SUM
  }

  /** PyTorch's name where it has one, for example {@code cross_entropy}. */
  String type();

  Reduction reduction();

  /**
   * The loss of a batch, by the native operator; NaN for the mean of an empty one, as in PyTorch.
   *
   * @param targets of the outputs' shape
   * @throws dev.quern.error.ShapeException if it is not
   */
  double forward(Tensor outputs, Tensor targets);

  /** The loss's gradient with respect to the outputs: of their shape, in their arena. */
  Tensor backward(Tensor outputs, Tensor targets);

  /** The form of the loss for evaluation: the mean, without label smoothing and weights. */
  Loss plain();
}
