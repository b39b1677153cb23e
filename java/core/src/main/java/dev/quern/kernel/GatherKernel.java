package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Selection of positions along an axis by a table of indices. If a position is selected several
 * times, the backward pass sums its gradients in the order of the output.
 */
public final class GatherKernel {
  private final GatherAxis of;
  private final int axis;
  private final long[] sizes;
  private final long[] backSizes;
  private final long[] src;
  private final long[] dst;
  private IntPointer indices;
  private IntPointer starts;
  private IntPointer places;

  GatherKernel(GatherAxis of, int axis, long[] sizes, long[] src, long[] dst) {
    this.of = of;
    this.axis = axis;
    this.sizes = sizes;
    this.backSizes = sizes.clone();
    this.backSizes[axis] = of.size();
    this.src = src;
    this.dst = dst;
  }

  /** Returns the number of ints in the table, for which the caller allocates memory. */
  public long tableSize(boolean backward) {
    long forward = sizes[axis];
    return backward ? forward + of.size() + 1 + forward : forward;
  }

  /** Writes the table to the caller's memory; must be called before the first pass. */
  public void table(IntPointer memory, boolean backward) {
    int[] from = of.indices();
    indices = memory;
    indices.put(from, 0, from.length);
    if (backward) {
      int[] ends = new int[(int) of.size() + 1];
      for (int i : from) {
        ends[i + 1]++;
      }
      for (int i = 1; i < ends.length; i++) {
        ends[i] += ends[i - 1];
      }
      starts = memory.getPointer(from.length);
      starts.put(ends, 0, ends.length);
      int[] sorted = new int[from.length];
      for (int p = 0; p < from.length; p++) {
        sorted[ends[from[p]]++] = p;
      }
      places = memory.getPointer(from.length + of.size() + 1);
      places.put(sorted, 0, sorted.length);
    }
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
    backSizes[0] = n;
  }

  public void forward(Pointer from, Pointer to) {
    gather(sizes, src, dst, of.size(), indices, null, from, to);
  }

  /** Runs the backward pass, which overwrites all of {@code diffSrc}. */
  public void backward(Pointer diffDst, Pointer diffSrc) {
    gather(backSizes, dst, src, sizes[axis], places, starts, diffDst, diffSrc);
  }

  private void gather(
      long[] toSizes,
      long[] fromStrides,
      long[] toStrides,
      long fromSize,
      IntPointer table,
      IntPointer startsOrNull,
      Pointer from,
      Pointer to) {
    Status.check(
        Quern.quern_gather(
            Quern.QUERN_F32,
            toSizes.length,
            toSizes,
            fromStrides,
            toStrides,
            axis,
            fromSize,
            table,
            startsOrNull,
            from,
            to));
  }
}
