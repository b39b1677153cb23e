package dev.quern.kernel;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The axes over which a sample is reduced; they are removed or remain with size 1. */
public final class ReductionAxes {
  private final Shape in;
  private final Shape out;

  /** For each axis of the input, its axis in the output; -1 for reduced axes. */
  private final int[] places;

  private ReductionAxes(Shape in, Shape out, int[] places) {
    this.in = in;
    this.out = out;
    this.places = places;
  }

  /**
   * Checks the axes of a reduction and computes its output shape.
   *
   * @param axes the reduced axes of a sample (not counting the batch); negative values count from
   *     the last axis
   * @param keepDims whether reduced axes remain, with size 1
   */
  public static ReductionAxes of(String op, Shape in, List<Integer> axes, boolean keepDims) {
    boolean[] gone = new boolean[in.rank()];
    for (int axis : axes) {
      int of = Rearrangement.axis(op, in, axis);
      if (gone[of]) {
        throw new ShapeException(op + ": axes " + axes + " name an axis of input " + in + " twice");
      }
      gone[of] = true;
    }
    long[] sizes = in.toArray();
    if (LongStream.of(sizes).anyMatch(size -> size == 0)) {
      throw new ShapeException(op + ": input " + in + " is empty");
    }
    long[] dims =
        IntStream.range(0, gone.length)
            .filter(i -> keepDims || !gone[i])
            .mapToLong(i -> gone[i] ? 1 : sizes[i])
            .toArray();
    int[] places = new int[gone.length];
    int next = 0;
    for (int i = 0; i < gone.length; i++) {
      places[i] = gone[i] ? -1 : next;
      next += keepDims || !gone[i] ? 1 : 0;
    }
    // a sample has at least one axis
    return new ReductionAxes(in, dims.length == 0 ? Shape.of(1) : Shape.of(dims), places);
  }

  /** Returns the sample shape of the output. */
  public Shape out() {
    return out;
  }

  /**
   * Creates the reduction kernel.
   *
   * @param kind the reduction: sum, mean, amax, amin or prod
   * @param inStrides the input's stride along each axis of a sample, in elements
   * @param outStrides the output's stride along each axis of a sample, in elements
   */
  public ReductionKernel kernel(String kind, long batch, long[] inStrides, long[] outStrides) {
    Walk w = walk(batch, inStrides, outStrides);
    return new ReductionKernel(kind, w.sizes, w.src, w.dst);
  }

  /**
   * Creates an argmax or argmin kernel for a reduction over one axis; strides as in {@link
   * #kernel}.
   */
  public ArgmaxKernel places(
      boolean smallest, boolean selectLast, long batch, long[] inStrides, long[] outStrides) {
    Walk w = walk(batch, inStrides, outStrides);
    return new ArgmaxKernel(smallest, selectLast, w.sizes, w.src, w.dst);
  }

  /**
   * The sizes of the batch and of the input's axes, and the strides of input and output along them.
   */
  private record Walk(long[] sizes, long[] src, long[] dst) {}

  private Walk walk(long batch, long[] inStrides, long[] outStrides) {
    int n = places.length + 1;
    long[] sizes = new long[n];
    long[] src = new long[n];
    long[] dst = new long[n];
    sizes[0] = batch;
    src[0] = in.elements();
    dst[0] = out.elements();
    List<Integer> order = Rearrangement.descending(inStrides);
    for (int i = 1; i < n; i++) {
      int axis = order.get(i - 1);
      sizes[i] = in.dim(axis);
      src[i] = inStrides[axis];
      dst[i] = places[axis] < 0 ? 0 : outStrides[places[axis]];
    }
    return new Walk(sizes, src, dst);
  }
}
