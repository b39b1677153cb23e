package dev.quern.layer.activation;

import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/**
 * The logarithm of softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C,
 * H, W]}): {@code x - log(sum(exp(x)))}, exact where a probability would vanish.
 */
public record LogSoftmax() implements Layer {
  /** Its name and its options. */
  public static final LayerType<LogSoftmax> TYPE =
      LayerType.of("log_softmax", LogSoftmax.class, LogSoftmax::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return SoftmaxPasses.outputShape("log_softmax", input);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C]} or {@code [N, C, H, W]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input) {
    return SoftmaxPasses.forward(this, SoftmaxKernel.LOG_SOFTMAX, input);
  }

  /** The gradient with respect to the input, from the output; in the output's arena. */
  public Tensor backward(Tensor output, Tensor gradOutput) {
    return SoftmaxPasses.backward(this, SoftmaxKernel.LOG_SOFTMAX, output, gradOutput);
  }
}
