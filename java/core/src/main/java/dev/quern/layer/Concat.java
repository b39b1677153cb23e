package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Inputs {@code [N, Ci, H, W]} side by side along the channels: output {@code [N, sum of Ci, H,
 * W]}.
 */
public record Concat() implements Layer {
  @Override
  public String type() {
    return "concat";
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("concat", input);
    return input;
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("concat", inputs);
    Shape first = outputShape(all.get(0));
    long channels = 0;
    for (Shape s : all) {
      if (s.rank() != 3 || height(s) != height(first) || width(s) != width(first)) {
        throw new ShapeException(
            "concat: inputs " + first + " and " + s + " differ in height or width");
      }
      channels = Shape.of(channels + s.dim(0), height(first), width(first)).dim(0);
    }
    return Shape.of(channels, height(first), width(first));
  }

  private static long height(Shape image) {
    return Checks.side(image, 1, h -> h);
  }

  private static long width(Shape image) {
    return Checks.side(image, 2, w -> w);
  }

  /**
   * The native operator's forward pass on two tensors {@code [N, C, H, W]}; in the first one's
   * arena.
   */
  public Tensor forward(Tensor input, Tensor other) {
    Shape a = Checks.images("concat", "input", input);
    Shape b = Checks.images("concat", "other", other);
    Shape out = outputShape(List.of(a.sample(), b.sample())).batch(sameBatch(a, b));
    try (Scratch s = new Scratch(input, other)) {
      FloatPointer dst = s.floats(out.elements());
      copy(s.nhwc(input), a.dim(1), 0, dst, out.dim(1), 0, a);
      copy(s.nhwc(other), b.dim(1), 0, dst, out.dim(1), a.dim(1), b);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * The gradient of the input that lies at channels {@code from} to {@code from + input channels -
   * 1}.
   */
  public Tensor backward(Tensor gradOutput, Shape input, long from) {
    Shape out = Checks.images("concat", "grad_output", gradOutput);
    Checks.images("concat", "input", input);
    if (input.dim(2) != out.dim(2) || input.dim(3) != out.dim(3)) {
      throw new ShapeException(
          "concat: input " + input + " and grad_output " + out + " differ in height or width");
    }
    if (from < 0 || from + input.dim(1) > out.dim(1) || sameBatch(out, input) < 0) {
      throw new ShapeException(
          "concat: channels " + from + " on of input " + input + " are not in " + out);
    }
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = s.floats(input.elements());
      copy(s.nhwc(gradOutput), out.dim(1), from, diff, input.dim(1), 0, input);
      return s.nchw(gradOutput.arena(), input, diff);
    }
  }

  private static long sameBatch(Shape a, Shape b) {
    if (a.dim(0) != b.dim(0)) {
      throw new ShapeException("concat: batches of " + a + " and " + b + " differ");
    }
    return a.dim(0);
  }

  private static void copy(
      FloatPointer src,
      long srcPitch,
      long srcAt,
      FloatPointer dst,
      long dstPitch,
      long dstAt,
      Shape piece) {
    ConcatKernel.copy(
        piece.elements() / Math.max(1, piece.dim(1)),
        piece.dim(1),
        src.getPointer(srcAt),
        srcPitch,
        dst.getPointer(dstAt),
        dstPitch);
  }
}
