package dev.quern.onnx.graph;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The place of the batch in a value's dimensions. An axis of {@code before * batch * inside}
 * elements contains the batch; if {@code before} and {@code inside} are 1, the batch is the whole
 * axis.
 *
 * @param axis the axis that contains the batch
 * @param inside the number of elements of the axis from one sample to the next
 */
public record BatchPlace(int axis, long inside) {
  /** The batch as the first axis. */
  public static final BatchPlace FIRST = new BatchPlace(0, 1);

  /**
   * Returns the place of the batch in a value of these dimensions whose samples have the given
   * stride in memory, which a reshape does not change; null if no axis contains the whole batch.
   *
   * @param distance the stride: the number of elements from one sample to the next
   */
  public static @Nullable BatchPlace of(long[] dims, long batch, long distance) {
    long inner = 1;
    for (int k = dims.length - 1; k >= 0; k--) {
      long outer = inner * dims[k];
      if (outer > distance) {
        boolean fits = distance % inner == 0 && outer % (distance * batch) == 0;
        return fits ? new BatchPlace(k, distance / inner) : null;
      }
      inner = outer;
    }
    return null;
  }

  /** Returns the number of elements from one sample to the next in a value of these dimensions. */
  public long distance(long[] dims) {
    return inside * Dims.elements(dims, axis + 1, dims.length);
  }

  /** Returns whether the batch is a whole axis. */
  public boolean isWhole(long[] dims, long batch) {
    return inside == 1 && dims[axis] == batch;
  }

  /** Returns whether the batch is the whole first axis. */
  public boolean isFirst(long[] dims, long batch) {
    return axis == 0 && isWhole(dims, batch);
  }

  /** Returns the dimensions with the batch moved from its place to a first axis. */
  public long[] front(long[] dims, long batch) {
    if (isWhole(dims, batch)) {
      long[] out = dims.clone();
      System.arraycopy(dims, 0, out, 1, axis);
      out[0] = batch;
      return out;
    }
    long[] out = new long[dims.length + 1];
    System.arraycopy(dims, 0, out, 1, dims.length);
    out[0] = batch;
    out[axis + 1] /= batch;
    return out;
  }

  /** Returns the dimensions with the batch moved from a first axis to this place. */
  public long[] back(long[] front, boolean whole) {
    if (whole) {
      long[] out = front.clone();
      System.arraycopy(front, 1, out, 0, axis);
      out[axis] = front[0];
      return out;
    }
    long[] out = Arrays.copyOfRange(front, 1, front.length);
    out[axis] *= front[0];
    return out;
  }

  /** Returns the index that another axis of the value has after {@link #front} moves the batch. */
  public int frontAxis(int other, boolean whole) {
    return whole && other > axis ? other : other + 1;
  }

  /** Returns the place after a transpose, whose axis i is axis {@code perm[i]} of the value. */
  public BatchPlace transposed(int[] perm) {
    int to = IntStream.range(0, perm.length).filter(i -> perm[i] == axis).findFirst().orElse(0);
    return new BatchPlace(to, inside);
  }
}
