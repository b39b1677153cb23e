package dev.quern.loss;

import dev.quern.tensor.Tensor;

/**
 * A loss function with its gradient. Immutable and thread-safe. Losses are computed in double
 * precision and are bit-identical for any number of threads.
 */
public sealed interface Loss
    permits CrossEntropy, BceWithLogits, Mse, Huber, SigmoidFocal, SoftmaxFocal, Dice, CustomLoss {
  /** The reduction of a batch's losses to one number. */
  enum Reduction {
    MEAN,
    SUM
  }

  /**
   * Returns the loss's name, as in PyTorch if it exists there, for example {@code cross_entropy}.
   */
  String type();

  Reduction reduction();

  /**
   * Computes the loss of a batch by the native operator; the mean of an empty batch is NaN, as in
   * PyTorch.
   *
   * @param targets the targets, of the outputs' shape
   * @throws dev.quern.error.ShapeException if the shapes differ
   */
  double forward(Tensor outputs, Tensor targets);

  /**
   * Returns the loss's gradient with respect to the outputs: a tensor of the outputs' shape,
   * allocated in the outputs' arena.
   */
  Tensor backward(Tensor outputs, Tensor targets);

  /** Returns this loss for evaluation: with mean reduction, without label smoothing and weights. */
  Loss plain();
}
