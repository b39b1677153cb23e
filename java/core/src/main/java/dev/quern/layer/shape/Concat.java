package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * Inputs one behind the other along an axis, as PyTorch's {@code cat}: their other dimensions
 * agree. Images {@code [Ci, H, W]} become {@code [sum of Ci, H, W]} along axis 0.
 *
 * @param axis without the batch, from 0; negative from the last
 */
public record Concat(int axis) implements Layer {
  /** Its name and its options. */
  public static final LayerType<Concat> TYPE =
      LayerType.of("concat", Concat.class)
          .integer("axis", 0, Concat::axis)
          .made(v -> new Concat(v.integer("axis")));

  /** Along axis 0, the channels of images. */
  public Concat() {
    this(0);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    axis(Checks.any("concat", input));
    return input;
  }

  /** Along the axis, what is free stays free. */
  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("concat", inputs);
    Shape first = outputShape(all.get(0));
    int along = axis(first);
    Shape out = first;
    for (Shape s : all.subList(1, all.size())) {
      if (!agree(first, s, along)) {
        throw new ShapeException(
            "concat: inputs " + first + " and " + s + " differ in more than axis " + axis);
      }
      boolean free = out.isFree(along) || s.isFree(along);
      out = with(out, along, free ? Shape.FREE : out.dim(along) + s.dim(along));
    }
    return out;
  }

  private int axis(Shape sample) {
    return Rearrangement.axis("concat", sample, axis);
  }

  private static boolean agree(Shape a, Shape b, int but) {
    return a.rank() == b.rank() && with(a, but, 1).equals(with(b, but, 1));
  }

  private static Shape with(Shape shape, int axis, long size) {
    long[] dims = shape.toArray();
    dims[axis] = size;
    return Shape.of(dims);
  }

  /**
   * The native operator's forward pass on two tensors {@code [N, ...]}; in the first one's arena.
   */
  public Tensor forward(Tensor input, Tensor other) {
    Checks.batched("concat", "input", input);
    Checks.batched("concat", "other", other);
    Shape a = input.shape();
    Shape b = other.shape();
    requireOneBatch(a, b);
    Shape out = outputShape(List.of(a.sample(), b.sample())).batch(a.dim(0));
    int along = axis(a.sample()) + 1;
    long to = run(out, along);
    try (Scratch s = new Scratch(input, other)) {
      Tensor output = input.arena().tensor(out);
      long rows = rows(out, along);
      long first = run(a, along);
      long second = run(b, along);
      ConcatKernel.copy(rows, first, s.raw(input), first, s.raw(output), to);
      ConcatKernel.copy(rows, second, s.raw(other), second, s.raw(output).getPointer(first), to);
      return output;
    }
  }

  /**
   * The gradient of the input, of shape {@code [N, ...]}, that lies at positions {@code from} to
   * {@code from + its size - 1} of the axis.
   */
  public Tensor backward(Tensor gradOutput, Shape input, long from) {
    Checks.batched("concat", "grad_output", gradOutput);
    Checks.batched("concat", Require.present("concat", "input", input));
    Shape out = gradOutput.shape();
    requireOneBatch(out, input);
    int along = axis(input.sample()) + 1;
    if (!agree(out, input, along)) {
      throw new ShapeException(
          "concat: input "
              + input.sample()
              + " and grad_output "
              + out.sample()
              + " differ in more than axis "
              + axis);
    }
    if (from < 0 || from > out.dim(along) - input.dim(along)) {
      throw new ShapeException(
          "concat: positions "
              + from
              + " on of axis "
              + axis
              + " for input "
              + input.sample()
              + " are not in grad_output "
              + out.sample());
    }
    long run = run(input, along);
    long at = from * (run(out, along) / Math.max(1, out.dim(along)));
    try (Scratch s = new Scratch(gradOutput)) {
      Tensor grad = gradOutput.arena().tensor(input);
      ConcatKernel.copy(
          rows(input, along),
          run,
          s.raw(gradOutput).getPointer(at),
          run(out, along),
          s.raw(grad),
          run);
      return grad;
    }
  }

  private static void requireOneBatch(Shape a, Shape b) {
    if (a.dim(0) != b.dim(0)) {
      throw new ShapeException("concat: batches of " + a + " and " + b + " differ");
    }
  }

  /** Pieces of a tensor that each lie in one, from this axis on. */
  private static long rows(Shape tensor, int axis) {
    long rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= tensor.dim(i);
    }
    return rows;
  }

  /** Elements of one such piece. */
  private static long run(Shape tensor, int axis) {
    long run = 1;
    for (int i = axis; i < tensor.rank(); i++) {
      run *= tensor.dim(i);
    }
    return run;
  }
}
