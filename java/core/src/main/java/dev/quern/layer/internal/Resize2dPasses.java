package dev.quern.layer.internal;

import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** The passes of layers that change height and width and nothing else. */
public final class Resize2dPasses {
  private Resize2dPasses() {}

  /** The forward pass of images {@code [N, C, H, W]} to {@code [N, C, H', W']}, in their arena. */
  public static Tensor forward(Operator operator, Tensor input, Shape out, int top, int left) {
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, operator, in, out, top, left).forward(s.nhwc(input), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /** The gradient of an input of shape {@code in}, {@code [N, C, H, W]}, in gradOutput's arena. */
  public static Tensor backward(Operator operator, Tensor gradOutput, Shape in, int top, int left) {
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
