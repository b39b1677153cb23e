package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Rearrangements of the elements of constants, described by the source index of each element. */
public final class Index {
  private static final int SQUARE = 32;

  /** The number of adjacent elements from which on they are copied together. */
  private static final int LONG_RUN = 8;

  private Index() {}

  /**
   * Returns the source index of each element of a result.
   *
   * @param to the dimensions of the result
   * @param strides the distance of neighbors in the source along each axis; 0 repeats elements
   */
  static int[] of(long[] to, long[] strides) {
    int[] out = new int[Fold.size(to)];
    int last = to.length - 1;
    int run = last < 0 ? 1 : (int) to[last];
    int step = last < 0 ? 0 : (int) strides[last];
    long[] at = new long[to.length];
    int from = 0;
    for (int i = 0; i < out.length; i += run) {
      for (int k = 0; k < run; k++) {
        out[i + k] = from + k * step;
      }
      for (int axis = last - 1; axis >= 0; axis--) {
        from += (int) strides[axis];
        if (++at[axis] < to[axis]) {
          break;
        }
        from -= (int) (to[axis] * strides[axis]);
        at[axis] = 0;
      }
    }
    return out;
  }

  /** Broadcasts a constant to a shape, by NumPy's rules. */
  public static Const broadcast(Const c, long[] to) {
    if (Arrays.equals(c.dims(), to)) {
      return c;
    }
    long[] dims = Dims.padded(c.dims(), to.length);
    long[] strides = Dims.strides(dims);
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != 1 && dims[i] != to[i]) {
        throw new Refusal(
            "shape " + Arrays.toString(c.dims()) + " does not broadcast to " + Arrays.toString(to));
      }
      strides[i] = dims[i] == 1 ? 0 : strides[i];
    }
    return c.take(to, of(to, strides));
  }

  /** Permutes axes: axis i of the result is axis perm[i] of the constant. */
  public static Const transpose(Const c, int... perm) {
    if (c.isHollow()) {
      return c.as(Arrays.stream(perm).mapToLong(i -> c.dims()[i]).toArray());
    }
    if (c.isFloat() && !c.isScaled() && Arrays.equals(perm, new int[] {1, 0})) {
      return turned(c);
    }
    long[] strides = Dims.strides(c.dims());
    long[] to = new long[perm.length];
    long[] by = new long[perm.length];
    for (int i = 0; i < perm.length; i++) {
      to[i] = c.dims()[perm[i]];
      by[i] = strides[perm[i]];
    }
    return c.take(to, of(to, by));
  }

  /**
   * Transposes a matrix in blocks that fit into the processor's cache, since weights of linear
   * layers are large.
   */
  private static Const turned(Const c) {
    int rows = (int) c.dims()[0];
    int columns = (int) c.dims()[1];
    float[] in = c.floats();
    float[] out = new float[in.length];
    for (int i = 0; i < rows; i += SQUARE) {
      for (int j = 0; j < columns; j += SQUARE) {
        for (int k = i; k < Math.min(rows, i + SQUARE); k++) {
          for (int l = j; l < Math.min(columns, j + SQUARE); l++) {
            out[l * rows + k] = in[k * columns + l];
          }
        }
      }
    }
    return Const.of(new long[] {columns, rows}, out);
  }

  /** Returns the constant with its elements reversed along one axis. */
  public static Const reversed(Const c, int axis) {
    long n = c.dims()[axis];
    return along(c, axis, LongStream.range(0, n).map(i -> n - 1 - i).toArray());
  }

  /** Returns the elements at the given indices along one axis. */
  static Const along(Const c, int axis, long[] indices) {
    long[] to = Dims.with(c.dims(), axis, indices.length);
    int n = Fold.size(to);
    int inner = (int) Dims.elements(to, axis + 1, to.length);
    if (inner < LONG_RUN || c.isScaled() || c.isHollow()) {
      int size = (int) c.dims()[axis];
      int[] from = new int[n];
      for (int i = 0; i < n; i++) {
        int run = i / inner;
        int outer = run / indices.length;
        from[i] = (outer * size + (int) indices[run % indices.length]) * inner + i % inner;
      }
      return c.take(to, from);
    }
    return c.runs(to, axis, indices, inner);
  }
}
