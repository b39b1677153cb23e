package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.shape.Concat;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/** Forward and backward pass of {@link Concat} on tensors. */
public final class ConcatPass {
  private final Concat layer;

  ConcatPass(Concat layer) {
    this.layer = layer;
  }

  /** Concatenates two tensors {@code [N, ...]}. The result is in the arena of {@code input}. */
  public Tensor forward(Tensor input, Tensor other) {
    TensorChecks.batched("concat", "input", input);
    TensorChecks.batched("concat", "other", other);
    Shape a = input.shape();
    Shape b = other.shape();
    requireOneBatch(a, b);
    Shape out = layer.outputShape(List.of(a.sample(), b.sample())).batch(a.dim(0));
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
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, ...]}. On the
   * concatenation axis of the output, the input's elements begin at index {@code from}.
   */
  public Tensor backward(Tensor gradOutput, Shape input, long from) {
    TensorChecks.batched("concat", "grad_output", gradOutput);
    TensorChecks.batched("concat", Require.present("concat", "input", input));
    Shape out = gradOutput.shape();
    requireOneBatch(out, input);
    int along = axis(input.sample()) + 1;
    if (!agree(out, input, along)) {
      throw new ShapeException(
          "concat: input "
              + input.sample()
              + " and grad_output "
              + out.sample()
              + " differ in axes other than axis "
              + layer.axis());
    }
    if (from < 0 || from > out.dim(along) - input.dim(along)) {
      throw new ShapeException(
          "concat: input "
              + input.sample()
              + " at position "
              + from
              + " of axis "
              + layer.axis()
              + " is outside grad_output "
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

  private int axis(Shape sample) {
    return Rearrangement.axis("concat", sample, layer.axis());
  }

  private static boolean agree(Shape a, Shape b, int but) {
    return a.rank() == b.rank() && without(a, but).equals(without(b, but));
  }

  private static Shape without(Shape tensor, int axis) {
    long[] dims = tensor.toArray();
    dims[axis] = 1;
    return Shape.of(dims);
  }

  private static void requireOneBatch(Shape a, Shape b) {
    if (a.dim(0) != b.dim(0)) {
      throw new ShapeException("concat: batch sizes of " + a + " and " + b + " differ");
    }
  }

  /**
   * Returns the number of contiguous blocks, each of which covers {@code axis} and all later axes.
   */
  private static long rows(Shape tensor, int axis) {
    long rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= tensor.dim(i);
    }
    return rows;
  }

  /** Returns the number of elements along {@code axis} and all later axes. */
  private static long run(Shape tensor, int axis) {
    long run = 1;
    for (int i = axis; i < tensor.rank(); i++) {
      run *= tensor.dim(i);
    }
    return run;
  }
}
