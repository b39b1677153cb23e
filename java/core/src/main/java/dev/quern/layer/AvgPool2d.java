package dev.quern.layer;

import dev.quern.kernel.AvgPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The mean of each window: input {@code [N, C, H, W]}, output {@code [N, C, H', W']}. As in
 * PyTorch, the stride defaults to the kernel and zeros of the padding count in the divisor unless
 * {@code countIncludePad} is off; what ceil mode adds beyond the padding never counts.
 */
public record AvgPool2d(
    Size kernel, Size stride, Size padding, boolean ceilMode, boolean countIncludePad)
    implements Layer {

  public AvgPool2d {
    Checks.atLeast("avg_pool2d", "kernel", kernel, 1);
    Checks.atLeast("avg_pool2d", "stride", stride, 1);
    Checks.atLeast("avg_pool2d", "padding", padding, 0);
    Checks.poolPadding("avg_pool2d", kernel, padding);
  }

  public AvgPool2d(Size kernel) {
    this(kernel, kernel, Size.of(0), false, true);
  }

  public AvgPool2d(int kernel) {
    this(Size.of(kernel));
  }

  public AvgPool2d stride(Size s) {
    return new AvgPool2d(kernel, s, padding, ceilMode, countIncludePad);
  }

  public AvgPool2d stride(int s) {
    return stride(Size.of(s));
  }

  public AvgPool2d padding(Size p) {
    return new AvgPool2d(kernel, stride, p, ceilMode, countIncludePad);
  }

  public AvgPool2d padding(int p) {
    return padding(Size.of(p));
  }

  public AvgPool2d ceilMode(boolean c) {
    return new AvgPool2d(kernel, stride, padding, c, countIncludePad);
  }

  public AvgPool2d countIncludePad(boolean c) {
    return new AvgPool2d(kernel, stride, padding, ceilMode, c);
  }

  @Override
  public String type() {
    return "avg_pool2d";
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("avg_pool2d", input);
    return Checks.windows("avg_pool2d", input, input.dim(0), window(), ceilMode);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = Checks.images("avg_pool2d", "input", input);
    Shape out = outputShape(in.sample()).batch(in.dim(0));
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, in).forward(s.nhwc(input), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * The gradient with respect to an input of shape {@code input}, {@code [N, C, H, W]}.
   *
   * @return of the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Shape in = Checks.images("avg_pool2d", "input", input);
    Checks.shape(
        "avg_pool2d", "grad_output", gradOutput, outputShape(in.sample()).batch(in.dim(0)));
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = s.floats(in.elements());
      kernel(s, in).backward(s.nhwc(gradOutput), diff);
      return s.nchw(gradOutput.arena(), in, diff);
    }
  }

  private Window window() {
    return new Window(kernel, stride, padding, Size.of(1));
  }

  private AvgPool2dKernel kernel(Scratch s, Shape in) {
    return new AvgPool2dKernel(
        s.descriptor(), in.dim(0), in.sample(), window(), ceilMode, countIncludePad);
  }
}
