package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.Tensor;
import dev.quern.bindings.Quern;
import dev.quern.error.ShapeException;
import dev.quern.internal.Scratch;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C, H, W]}), stable
 * for any input.
 */
public record Softmax() implements Layer {
  @Override
  public String type() {
    return "softmax";
  }

  @Override
  public Shape outputShape(Shape input) {
    if ((input.rank() != 1 && input.rank() != 3) || input.dim(0) < 1) {
      throw new ShapeException("softmax: input " + input + " is neither features nor an image");
    }
    return input;
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C]} or {@code [N, C, H, W]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input) {
    Shape in = check(input);
    try (Scratch s = new Scratch(input)) {
      if (in.rank() == 2) {
        Tensor output = input.arena().tensor(in);
        Status.check(
            Quern.quern_softmax_forward(in.dim(0), in.dim(1), s.raw(input), s.raw(output)));
        return output;
      }
      FloatPointer dst = s.floats(in.elements());
      Status.check(Quern.quern_softmax_forward(rows(in), in.dim(1), s.nhwc(input), dst));
      return s.nchw(input.arena(), in, dst);
    }
  }

  /** The gradient with respect to the input, from the output; in the output's arena. */
  public Tensor backward(Tensor output, Tensor gradOutput) {
    Shape out = check(output);
    Checks.shape("softmax", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(output, gradOutput)) {
      if (out.rank() == 2) {
        Tensor grad = output.arena().tensor(out);
        Status.check(
            Quern.quern_softmax_backward(
                out.dim(0), out.dim(1), s.raw(output), s.raw(gradOutput), s.raw(grad)));
        return grad;
      }
      FloatPointer diff = s.floats(out.elements());
      Status.check(
          Quern.quern_softmax_backward(
              rows(out), out.dim(1), s.nhwc(output), s.nhwc(gradOutput), diff));
      return s.nchw(output.arena(), out, diff);
    }
  }

  private Shape check(Tensor t) {
    Checks.batched("softmax", t);
    outputShape(t.shape().sample());
    return t.shape();
  }

  private static long rows(Shape s) {
    return s.dim(0) * s.dim(2) * s.dim(3);
  }
}
