package dev.quern.layer.activation;

import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/**
 * Softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C, H, W]}), stable
 * for any input.
 */
public record Softmax() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Softmax> TYPE =
      LayerType.of("softmax", Softmax.class, Softmax::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return SoftmaxPasses.outputShape("softmax", input);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C]} or {@code [N, C, H, W]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input) {
    return SoftmaxPasses.forward(this, SoftmaxKernel.SOFTMAX, input);
  }

  /** The gradient with respect to the input, from the output; in the output's arena. */
  public Tensor backward(Tensor output, Tensor gradOutput) {
    return SoftmaxPasses.backward(this, SoftmaxKernel.SOFTMAX, output, gradOutput);
  }
}
