package dev.quern.eager;

import dev.quern.kernel.MaxPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Forward and backward pass of {@link MaxPool2d} on tensors. */
public final class MaxPool2dPass {
  private final MaxPool2d layer;

  MaxPool2dPass(MaxPool2d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = TensorChecks.images("max_pool2d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, in).forward(s.nhwc(input), dst, null);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input; recomputes the positions of the maxima.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Shape in = TensorChecks.images("max_pool2d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("max_pool2d", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, gradOutput)) {
      MaxPool2dKernel kernel = kernel(s, in);
      IntPointer indices = s.ints(out.elements());
      kernel.forward(s.nhwc(input), s.floats(out.elements()), indices);
      FloatPointer diff = s.floats(in.elements());
      kernel.backward(s.nhwc(gradOutput), indices, diff);
      return s.nchw(input.arena(), in, diff);
    }
  }

  private MaxPool2dKernel kernel(Scratch s, Shape in) {
    Window window = new Window(layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    return new MaxPool2dKernel(s.descriptor(), in.dim(0), in.sample(), window, layer.ceilMode());
  }
}
