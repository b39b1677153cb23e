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
 * The product of two inputs, element by element: of one shape, or {@code [C, H, W]} by {@code [C,
 * 1, 1]}, one value for all pixels of a channel, as in the gate of a squeeze-and-excitation block
 * (Hu, Shen and Sun, "Squeeze-and-Excitation Networks", 2018).
 */
public record Multiply() implements Layer {
  /** Gradients of a backward pass: of the first input and of the other. */
  public record Backward(Tensor input, Tensor other) {}

  @Override
  public String type() {
    return "multiply";
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("multiply", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("multiply", inputs);
    if (all.size() != 2) {
      throw new ShapeException("multiply: takes 2 inputs, not " + all.size());
    }
    Shape input = all.get(0);
    Shape other = all.get(1);
    if (!other.equals(input) && !(input.rank() == 3 && other.equals(perChannel(input)))) {
      throw new ShapeException(
          "multiply: "
              + other
              + " is neither of the shape of input "
              + input
              + (input.rank() == 3 ? " nor " + perChannel(input) : ""));
    }
    return input;
  }

  private static Shape perChannel(Shape image) {
    return Shape.of(image.dim(0), 1, 1);
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Checks.any("multiply", input).elements();
  }

  /**
   * The native operator's forward pass.
   *
   * @param input of any shape, {@code [N, C, H, W]} for images
   * @param other of the same shape, or {@code [N, C, 1, 1]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    check(input, other);
    Shape in = input.shape();
    try (Scratch s = new Scratch(input, other)) {
      if (other.shape().equals(in)) {
        Tensor output = input.arena().tensor(in);
        BinaryKernel.MULTIPLY.forward(
            1, in.elements(), in.elements(), 1, s.raw(input), s.raw(other), s.raw(output));
        return output;
      }
      FloatPointer dst = s.floats(in.elements());
      BinaryKernel.MULTIPLY.forward(
          in.dim(0), pixels(in), 1, in.dim(1), s.nhwc(input), s.raw(other), dst);
      return s.nchw(input.arena(), in, dst);
    }
  }

  /** The gradients with respect to both, in the input's arena; sums over pixels where they are. */
  public Backward backward(Tensor input, Tensor other, Tensor gradOutput) {
    check(input, other);
    Shape in = input.shape();
    Checks.shape("multiply", "grad_output", gradOutput, in);
    try (Scratch s = new Scratch(input, other, gradOutput)) {
      Tensor gradOther = input.arena().tensor(other.shape());
      if (other.shape().equals(in)) {
        Tensor gradInput = input.arena().tensor(in);
        BinaryKernel.MULTIPLY.backward(
            1,
            in.elements(),
            in.elements(),
            1,
            s.raw(input),
            s.raw(other),
            s.raw(gradOutput),
            s.raw(gradInput),
            s.raw(gradOther));
        return new Backward(gradInput, gradOther);
      }
      FloatPointer diff = s.floats(in.elements());
      BinaryKernel.MULTIPLY.backward(
          in.dim(0),
          pixels(in),
          1,
          in.dim(1),
          s.nhwc(input),
          s.raw(other),
          s.nhwc(gradOutput),
          diff,
          s.raw(gradOther));
      return new Backward(s.nchw(input.arena(), in, diff), gradOther);
    }
  }

  private static long pixels(Shape images) {
    return images.dim(2) * images.dim(3);
  }

  private void check(Tensor input, Tensor other) {
    Checks.batched("multiply", input);
    Require.present("multiply", "other", other);
    Shape in = input.shape();
    Shape by = other.shape();
    if (by.rank() == 0 || by.dim(0) != in.dim(0)) {
      throw new ShapeException("multiply: batches of " + in + " and " + by + " differ");
    }
    outputShape(List.of(in.sample(), by.sample()));
  }
}
