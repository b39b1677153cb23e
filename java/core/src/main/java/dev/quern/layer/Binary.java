package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What subtract, divide and maximum have in common: two inputs of one shape, or an image {@code [C,
 * H, W]} and one value for each of its channels, {@code [C, 1, 1]}.
 */
final class Binary {
  private Binary() {}

  static Shape outputShape(String op, List<Shape> inputs) {
    List<Shape> all = Checks.several(op, inputs);
    if (all.size() != 2) {
      throw new ShapeException(op + ": takes 2 inputs, not " + all.size());
    }
    Shape input = all.get(0);
    Shape other = all.get(1);
    boolean image = input.rank() == 3 && !input.isFree(0);
    Shape perChannel = image ? Shape.of(input.dim(0), 1, 1) : input;
    if (!other.equals(input) && !other.equals(perChannel)) {
      throw new ShapeException(
          op
              + ": "
              + other
              + " is neither of the shape of input "
              + input
              + (image ? " nor " + perChannel : ""));
    }
    return input;
  }

  static Tensor forward(String op, BinaryKernel kernel, Tensor input, Tensor other) {
    Shape in = check(op, input, other);
    try (Scratch s = new Scratch(input, other)) {
      if (other.shape().equals(in)) {
        Tensor output = input.arena().tensor(in);
        long n = in.elements();
        kernel.forward(1, n, n, 1, s.raw(input), s.raw(other), s.raw(output));
        return output;
      }
      FloatPointer dst = s.floats(in.elements());
      kernel.forward(in.dim(0), pixels(in), 1, in.dim(1), s.nhwc(input), s.raw(other), dst);
      return s.nchw(input.arena(), in, dst);
    }
  }

  static BinaryGradients backward(
      String op, BinaryKernel kernel, Tensor input, Tensor other, Tensor gradOutput) {
    Shape in = check(op, input, other);
    Checks.shape(op, "grad_output", gradOutput, in);
    try (Scratch s = new Scratch(input, other, gradOutput)) {
      Tensor gradOther = input.arena().tensor(other.shape());
      if (other.shape().equals(in)) {
        Tensor gradInput = input.arena().tensor(in);
        long n = in.elements();
        kernel.backward(
            1,
            n,
            n,
            1,
            s.raw(input),
            s.raw(other),
            s.raw(gradOutput),
            s.raw(gradInput),
            s.raw(gradOther));
        return new BinaryGradients(gradInput, gradOther);
      }
      FloatPointer diff = s.floats(in.elements());
      kernel.backward(
          in.dim(0),
          pixels(in),
          1,
          in.dim(1),
          s.nhwc(input),
          s.raw(other),
          s.nhwc(gradOutput),
          diff,
          s.raw(gradOther));
      return new BinaryGradients(s.nchw(input.arena(), in, diff), gradOther);
    }
  }

  private static long pixels(Shape images) {
    return images.dim(2) * images.dim(3);
  }

  private static Shape check(String op, Tensor input, Tensor other) {
    Checks.batched(op, input);
    Require.present(op, "other", other);
    Shape in = input.shape();
    Shape by = other.shape();
    if (by.rank() == 0 || by.dim(0) != in.dim(0)) {
      throw new ShapeException(op + ": batches of " + in + " and " + by + " differ");
    }
    outputShape(op, List.of(in.sample(), by.sample()));
    return in;
  }
}
