package dev.quern.kernel;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * NumPy's broadcasting rules: along each axis, the two sizes are equal, or one size is 1. Unlike in
 * NumPy, both shapes must have the same number of axes.
 */
public final class Broadcast {
  /** Maximum number of axes of a sample that broadcasts. */
  private static final int MOST_AXES = 6;

  private Broadcast() {}

  /**
   * Returns the shape to which two shapes broadcast; dynamic axes remain dynamic.
   *
   * @throws ShapeException if the shapes do not broadcast, or if they differ and have more than 6
   *     axes
   */
  public static Shape shape(String op, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    String both = op + ": inputs " + a + " and " + b;
    if (a.rank() != b.rank()) {
      throw new ShapeException(both + " differ in their number of axes");
    }
    if (a.rank() > MOST_AXES) {
      throw new ShapeException(both + " differ; broadcasting takes at most " + MOST_AXES + " axes");
    }
    long[] of = a.toArray();
    long[] by = b.toArray();
    for (int axis = 0; axis < of.length; axis++) {
      boolean stretches = of[axis] == 1 && by[axis] != 0;
      if (of[axis] != by[axis] && !stretches && (by[axis] != 1 || of[axis] == 0)) {
        throw new ShapeException(both + " differ in axis " + axis + ", where neither is 1");
      }
      of[axis] = stretches ? by[axis] : of[axis];
    }
    return Shape.of(of);
  }

  /** Returns the shape to which several shapes broadcast. */
  public static Shape shape(String op, List<Shape> inputs) {
    Shape made = inputs.get(0);
    for (Shape next : inputs.subList(1, inputs.size())) {
      made = shape(op, made, next);
    }
    return made;
  }

  /**
   * Creates a kernel that broadcasts by strides.
   *
   * @param batch the number of samples
   * @param out the sample shape of the output
   * @param outStrides the output's stride along each axis of a sample, in elements
   * @param a the sample shape of the first input
   */
  public static BroadcastKernel kernel(
      BinaryKernel kind,
      long batch,
      Shape out,
      long[] outStrides,
      Shape a,
      long[] aStrides,
      Shape b,
      long[] bStrides) {
    // adjacent elements of the output are written one after the other
    int[] order = order(outStrides);
    return new BroadcastKernel(
        kind,
        with(batch, out.toArray(), order),
        with(a.elements(), repeating(a, out, aStrides), order),
        with(b.elements(), repeating(b, out, bStrides), order),
        with(out.elements(), outStrides, order));
  }

  private static int[] order(long[] strides) {
    Integer[] axes = new Integer[strides.length];
    Arrays.setAll(axes, i -> i);
    Arrays.sort(axes, Comparator.comparingLong(i -> -strides[i]));
    return Arrays.stream(axes).mapToInt(Integer::intValue).toArray();
  }

  /** Returns the strides, with 0 along the axes that broadcast. */
  private static long[] repeating(Shape of, Shape out, long[] strides) {
    long[] result = strides.clone();
    for (int axis = 0; axis < result.length; axis++) {
      if (of.dim(axis) != out.dim(axis)) {
        result[axis] = 0;
      }
    }
    return result;
  }

  private static long[] with(long first, long[] values, int[] order) {
    long[] all = new long[order.length + 1];
    all[0] = first;
    for (int i = 0; i < order.length; i++) {
      all[i + 1] = values[order[i]];
    }
    return all;
  }
}
