package dev.quern.eager;

import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Forward and backward pass, on tensors, of layers that change only height and width, such as
 * {@link ZeroPad2d}.
 */
public final class Resize2dPass {
  private final Layer layer;
  private final Operator operator;
  private final int top;
  private final int left;

  Resize2dPass(Layer layer, Operator operator) {
    this(layer, operator, 0, 0);
  }

  /**
   * Creates the passes of a layer with padding.
   *
   * @param top rows of padding above the image
   * @param left columns of padding to the left of the image
   */
  Resize2dPass(Layer layer, Operator operator, int top, int left) {
    this.layer = layer;
    this.operator = operator;
    this.top = top;
    this.left = left;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = TensorChecks.images(layer.type(), "input", input);
    Shape out = TensorChecks.batchOutput(layer::outputShape, in);
    return forward(operator, input, out, top, left);
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, C, H, W]}.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    TensorChecks.gradOutput(layer.type(), layer::outputShape, gradOutput, input);
    return backward(operator, gradOutput, input, top, left);
  }

  /** Runs the forward pass from {@code [N, C, H, W]} to shape {@code out}, in the input's arena. */
  static Tensor forward(Operator operator, Tensor input, Shape out, int top, int left) {
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, operator, in, out, top, left).forward(s.nhwc(input), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient of an input of shape {@code in}, {@code [N, C, H, W]}, in gradOutput's
   * arena.
   */
  static Tensor backward(Operator operator, Tensor gradOutput, Shape in, int top, int left) {
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = s.floats(in.elements());
      kernel(s, operator, in, gradOutput.shape(), top, left).backward(s.nhwc(gradOutput), diff);
      return s.nchw(gradOutput.arena(), in, diff);
    }
  }

  private static Resize2dKernel kernel(
      Scratch s, Operator operator, Shape in, Shape out, int top, int left) {
    return new Resize2dKernel(
        s.descriptor(), operator, in.dim(0), in.sample(), out.sample(), top, left);
  }
}
