package dev.quern.kernel;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.util.List;

/** A selection of positions along one axis of a sample. */
public final class GatherAxis {
  private final Shape in;
  private final Shape out;
  private final int axis;
  private final List<Integer> indices;

  private GatherAxis(Shape in, Shape out, int axis, List<Integer> indices) {
    this.in = in;
    this.out = out;
    this.axis = axis;
    this.indices = indices;
  }

  /**
   * Creates a selection.
   *
   * @param axis the axis of a sample (not counting the batch); negative values count from the last
   *     axis
   * @param indices the selected positions; negative values count from the end of the axis
   */
  public static GatherAxis of(Shape in, int axis, List<Integer> indices) {
    int of = Rearrangement.axis("gather", in, axis);
    long size = Rearrangement.known("gather", in, of);
    for (int i : indices) {
      if (i < -size || i >= size) {
        throw new ShapeException(
            "gather: index " + i + " is outside axis " + axis + " of input " + in);
      }
    }
    long[] to = in.toArray();
    to[of] = indices.size();
    return new GatherAxis(in, Shape.of(to), of, indices);
  }

  /** Returns the sample shape of the output. */
  public Shape out() {
    return out;
  }

  /** Returns the input position for each output position. */
  int[] indices() {
    int size = (int) in.dim(axis);
    return indices.stream().mapToInt(i -> i < 0 ? i + size : i).toArray();
  }

  /** Returns the size of the axis in the input. */
  long size() {
    return in.dim(axis);
  }

  /**
   * Creates the kernel.
   *
   * @param inStrides the input's stride along each axis of a sample, in elements
   * @param outStrides the output's stride along each axis of a sample, in elements
   */
  public GatherKernel kernel(long batch, long[] inStrides, long[] outStrides) {
    // adjacent elements of the output are written one after the other
    List<Integer> order = Rearrangement.descending(outStrides);
    int n = order.size() + 1;
    long[] sizes = new long[n];
    long[] src = new long[n];
    long[] dst = new long[n];
    sizes[0] = batch;
    src[0] = in.elements();
    dst[0] = out.elements();
    for (int i = 1; i < n; i++) {
      int from = order.get(i - 1);
      sizes[i] = out.dim(from);
      src[i] = inStrides[from];
      dst[i] = outStrides[from];
    }
    return new GatherKernel(this, order.indexOf(axis) + 1, sizes, src, dst);
  }
}
