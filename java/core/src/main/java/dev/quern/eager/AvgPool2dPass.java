package dev.quern.eager;

import dev.quern.kernel.AvgPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.layer.AvgPool2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link AvgPool2d} on tensors. */
public final class AvgPool2dPass {
  private final AvgPool2d layer;

  AvgPool2dPass(AvgPool2d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = TensorChecks.images("avg_pool2d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, in).forward(s.nhwc(input), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, C, H, W]}.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Shape in = TensorChecks.images("avg_pool2d", "input", input);
    TensorChecks.shape(
        "avg_pool2d", "grad_output", gradOutput, layer.outputShape(in.sample()).batch(in.dim(0)));
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = s.floats(in.elements());
      kernel(s, in).backward(s.nhwc(gradOutput), diff);
      return s.nchw(gradOutput.arena(), in, diff);
    }
  }

  private AvgPool2dKernel kernel(Scratch s, Shape in) {
    Window window = new Window(layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    return new AvgPool2dKernel(
        s.descriptor(), in.dim(0), in.sample(), window, layer.ceilMode(), layer.countIncludePad());
  }
}
