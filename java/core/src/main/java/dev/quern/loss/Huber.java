package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.loss.HuberKernel;
import dev.quern.tensor.Tensor;

/**
 * The Huber loss of outputs x and targets y of any common shape: with e = x - y, {@code e^2 / 2} if
 * {@code |e|} is less than delta, else {@code delta (|e| - delta / 2)}, which limits the gradient
 * of outliers. Huber, "Robust Estimation of a Location Parameter", 1964.
 *
 * @param delta the error from which the loss is linear, above 0; default 1
 * @param reduction mean or sum over all elements
 */
public record Huber(double delta, Reduction reduction) implements Loss {
  public Huber {
    if (!(delta > 0) || Double.isInfinite(delta)) {
      throw new InvalidArgumentException("huber: delta " + delta + " must be finite and above 0");
    }
    Require.present("huber", "reduction", reduction);
  }

  public Huber() {
    this(1);
  }

  public Huber(double delta) {
    this(delta, Reduction.MEAN);
  }

  @Override
  public String type() {
    return "huber";
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
        HuberKernel.loss(outputs.shape().elements(), sum, delta, src, targets, diff, loss);
  }

  @Override
  public Huber plain() {
    return new Huber(delta);
  }
}
