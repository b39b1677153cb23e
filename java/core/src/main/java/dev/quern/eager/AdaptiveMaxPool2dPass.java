package dev.quern.eager;

import dev.quern.kernel.AdaptiveMaxPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Forward and backward pass of {@link AdaptiveMaxPool2d} on tensors. */
public final class AdaptiveMaxPool2dPass {
  private final AdaptiveMaxPool2d layer;

  AdaptiveMaxPool2dPass(AdaptiveMaxPool2d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, outputSize.height, outputSize.width]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape out =
        TensorChecks.batchOutput(
            layer::outputShape, TensorChecks.images(layer.type(), "input", input));
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, input.shape(), out).forward(s.nhwc(input), dst, null);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input; recomputes the positions of the maxima.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Shape in = TensorChecks.images(layer.type(), "input", input);
    TensorChecks.gradOutput(layer.type(), layer::outputShape, gradOutput, in);
    Shape out = gradOutput.shape();
    try (Scratch s = new Scratch(input, gradOutput)) {
      AdaptiveMaxPool2dKernel kernel = kernel(s, in, out);
      IntPointer indices = s.ints(out.elements());
      kernel.forward(s.nhwc(input), s.floats(out.elements()), indices);
      FloatPointer diff = s.floats(in.elements());
      kernel.backward(s.nhwc(gradOutput), indices, diff);
      return s.nchw(input.arena(), in, diff);
    }
  }

  private static AdaptiveMaxPool2dKernel kernel(Scratch s, Shape in, Shape out) {
    return new AdaptiveMaxPool2dKernel(s.descriptor(), in.dim(0), in.sample(), out.sample());
  }
}
