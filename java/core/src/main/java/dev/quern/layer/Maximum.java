package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.kernel.BinaryKernel;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * The largest of two or more inputs of one shape, place by place; a NaN wins. As in PyTorch's
 * {@code maximum}, of two equal values each gets half of the gradient. Of several inputs the first
 * two are compared, then what came out and the third, and so on.
 */
public record Maximum() implements Layer {
  @Override
  public String type() {
    return "maximum";
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("maximum", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("maximum", inputs);
    for (Shape s : all) {
      if (!s.equals(all.get(0))) {
        throw new ShapeException("maximum: inputs " + all.get(0) + " and " + s + " differ");
      }
    }
    return all.get(0);
  }

  /**
   * The native operator's forward pass on two tensors {@code [N, ...]} of one shape; in the first
   * one's arena.
   */
  public Tensor forward(Tensor input, Tensor other) {
    check(input, other);
    return Binary.forward("maximum", BinaryKernel.MAXIMUM, input, other);
  }

  /** The gradients with respect to both, in the input's arena. */
  public BinaryGradients backward(Tensor input, Tensor other, Tensor gradOutput) {
    check(input, other);
    return Binary.backward("maximum", BinaryKernel.MAXIMUM, input, other, gradOutput);
  }

  private static void check(Tensor input, Tensor other) {
    Checks.shape("maximum", "other", other, Require.present("maximum", "input", input).shape());
  }
}
