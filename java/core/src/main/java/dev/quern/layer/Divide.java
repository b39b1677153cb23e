package dev.quern.layer;

import dev.quern.kernel.BinaryKernel;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * The first input by the second: two of one shape, or an image {@code [C, H, W]} by one value for
 * each of its channels, {@code [C, 1, 1]}. Nothing is done about a divisor of 0.
 */
public record Divide() implements Layer {
  @Override
  public String type() {
    return "divide";
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("divide", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("divide", inputs);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input of any shape, {@code [N, C, H, W]} for images
   * @param other of the same shape, or {@code [N, C, 1, 1]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    return Binary.forward("divide", BinaryKernel.DIVIDE, input, other);
  }

  /** The gradients with respect to both, in the input's arena; sums over pixels where they are. */
  public BinaryGradients backward(Tensor input, Tensor other, Tensor gradOutput) {
    return Binary.backward("divide", BinaryKernel.DIVIDE, input, other, gradOutput);
  }
}
