package dev.quern.onnx.graph;

import java.util.Arrays;

/** Arithmetic on dimensions and axes. */
public final class Dims {
  /** The maximum number of axes, since a file may declare any number. */
  public static final int MOST_AXES = 64;

  private Dims() {}

  /**
   * Checks a number of axes, and returns it as an int.
   *
   * @throws Refusal if a shape would have too many axes
   */
  public static int rank(long axes) {
    if (axes > MOST_AXES) {
      throw new Refusal("a shape has " + axes + " axes, the limit is " + MOST_AXES);
    }
    return (int) axes;
  }

  /** Returns the product of the dimensions; 1 if there are none. */
  public static long elements(long... dims) {
    long product = 1;
    for (long d : dims) {
      product = Math.multiplyExact(product, d);
    }
    return product;
  }

  /**
   * Returns the product of the dimensions from axis {@code from} (inclusive) to {@code to}
   * (exclusive).
   */
  public static long elements(long[] dims, int from, int to) {
    return elements(Arrays.copyOfRange(dims, from, to));
  }

  /** Converts an axis to an index from 0; a negative axis counts from the end. */
  public static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new Refusal("axis " + axis + " is not one of " + rank + " axes");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Returns the shape that results from broadcasting two shapes, by NumPy's rules. */
  public static long[] broadcast(long[] a, long[] b) {
    int rank = rank(Math.max(a.length, b.length));
    long[] out = new long[rank];
    long[] x = padded(a, rank);
    long[] y = padded(b, rank);
    for (int i = 0; i < rank; i++) {
      if (x[i] != y[i] && x[i] != 1 && y[i] != 1) {
        throw new Refusal(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast");
      }
      out[i] = x[i] == 1 ? y[i] : x[i];
    }
    return out;
  }

  /** Returns the dimensions, preceded by ones up to the given rank. */
  public static long[] padded(long[] dims, int rank) {
    if (dims.length > rank) {
      throw new Refusal("shape " + Arrays.toString(dims) + " must have at most " + rank + " axes");
    }
    long[] out = new long[rank];
    Arrays.fill(out, 1);
    System.arraycopy(dims, 0, out, rank - dims.length, dims.length);
    return out;
  }

  /** Returns the stride of each axis in elements, in row-major order. */
  public static long[] strides(long[] dims) {
    long[] out = new long[dims.length];
    long next = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      out[i] = next;
      next *= dims[i];
    }
    return out;
  }

  /** Returns the dimensions with the size of one axis replaced. */
  public static long[] with(long[] dims, int axis, long size) {
    long[] out = dims.clone();
    out[axis] = size;
    return out;
  }
}
