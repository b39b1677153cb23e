package dev.quern.loss;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.loss.MseKernel;
import dev.quern.tensor.Tensor;

/**
 * The squared error {@code (x - y)^2} of outputs x and targets y of any common shape.
 *
 * @param reduction mean or sum over all elements
 */
public record Mse(Reduction reduction) implements Loss {
  public Mse {
    Require.present("mse", "reduction", reduction);
  }

  public Mse() {
    this(Reduction.MEAN);
  }

  @Override
  public String type() {
    return "mse";
  }

  @Override
  public double forward(Tensor outputs, Tensor targets) {
    return Elementwise.forward(type(), outputs, targets, operator(outputs));
  }

  @Override
  public Tensor backward(Tensor outputs, Tensor targets) {
    return Elementwise.backward(type(), outputs, targets, operator(outputs));
  }

  private Elementwise.Operator operator(Tensor outputs) {
    boolean sum = reduction == Reduction.SUM;
    return (s, src, targets, diff, loss) ->
        MseKernel.loss(outputs.shape().elements(), sum, src, targets, diff, loss);
  }

  @Override
  public Mse plain() {
    return new Mse();
  }
}
