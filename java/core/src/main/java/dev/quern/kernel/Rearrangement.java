package dev.quern.kernel;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A permutation or selection of a sample's elements, independent of the memory layout. It consists
 * of nested loops; each loop steps along one axis of the input and one axis of the output.
 */
public final class Rearrangement {
  /**
   * Maximum number of axes of a sample; the native copy needs two more, for the batch and a split
   * axis.
   */
  private static final int MOST_AXES = 6;

  /** A loop that steps along one axis of the input and one axis of the output. */
  private record Loop(long size, int inAxis, long inStep, int outAxis, long outStep) {}

  private final Shape in;
  private final Shape out;
  private final List<Loop> loops;
  private final int firstAxis;
  private final long first;

  private Rearrangement(Shape in, Shape out, List<Loop> loops, int firstAxis, long first) {
    this.in = in;
    this.out = out;
    this.loops = loops;
    this.firstAxis = firstAxis;
    this.first = first;
  }

  /**
   * Returns a permutation of axes: axis {@code i} of the output is axis {@code dims[i]} of the
   * input.
   */
  public static Rearrangement permute(Shape in, List<Integer> dims) {
    int rank = rank("permute", in);
    if (dims.size() != rank) {
      throw new ShapeException(
          "permute: dims " + dims + " must be a permutation of the axes of input " + in);
    }
    long[] size = in.toArray();
    long[] to = new long[rank];
    Loop[] loops = new Loop[rank];
    for (int i = 0; i < rank; i++) {
      to[i] = size[dims.get(i)];
      loops[i] = new Loop(to[i], dims.get(i), 1, i, 1);
    }
    return new Rearrangement(in, Shape.of(to), List.of(loops), 0, 0);
  }

  /**
   * Returns a slice: every {@code step}-th position of an axis from {@code start} (inclusive) to
   * {@code end} (exclusive). Negative bounds count from the end of the axis; bounds beyond the axis
   * are clamped to it.
   */
  public static Rearrangement slice(Shape in, int axis, int start, int end, int step) {
    int of = axis("slice", in, axis);
    long size = known("slice", in, of);
    long from = bound(start, size);
    long count = Math.max(0, (bound(end, size) - from + step - 1) / step);
    if (count == 0) {
      throw new ShapeException(
          "slice: axis "
              + axis
              + " of input "
              + in
              + " has no elements from "
              + start
              + " to "
              + end);
    }
    return slice(in, of, from, count, step);
  }

  private static long bound(int at, long size) {
    return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  }

  /** Returns part {@code index} of an axis that is divided into {@code chunks} equal parts. */
  public static Rearrangement chunk(Shape in, int axis, int chunks, int index) {
    int of = axis("chunk", in, axis);
    long size = known("chunk", in, of);
    if (size % chunks != 0) {
      throw new ShapeException(
          "chunk: axis "
              + axis
              + " of input "
              + in
              + " must be divisible into "
              + chunks
              + " equal parts");
    }
    return slice(in, of, index * (size / chunks), size / chunks, 1);
  }

  private static Rearrangement slice(Shape in, int axis, long from, long count, long step) {
    long[] to = in.toArray();
    to[axis] = count;
    Loop[] loops = new Loop[to.length];
    for (int i = 0; i < to.length; i++) {
      loops[i] = new Loop(to[i], i, i == axis ? step : 1, i, 1);
    }
    return new Rearrangement(in, Shape.of(to), List.of(loops), axis, from);
  }

  /**
   * Returns a channel shuffle: channel {@code g * (C / groups) + k} becomes channel {@code k *
   * groups + g}.
   */
  public static Rearrangement channelShuffle(Shape in, int groups) {
    int rank = rank("channel_shuffle", in);
    if (rank < 1 || in.isFree(0) || in.dim(0) < 1 || in.dim(0) % groups != 0) {
      throw new ShapeException(
          "channel_shuffle: channels of input " + in + " must be a multiple of groups " + groups);
    }
    long each = in.dim(0) / groups;
    long[] size = in.toArray();
    Loop[] loops = new Loop[rank + 1];
    loops[0] = new Loop(each, 0, 1, 0, groups);
    loops[1] = new Loop(groups, 0, each, 0, 1);
    for (int i = 1; i < rank; i++) {
      loops[i + 1] = new Loop(size[i], i, 1, i, 1);
    }
    return new Rearrangement(in, in, List.of(loops), 0, 0);
  }

  /**
   * Returns a pixel unshuffle by {@code r}: pixel {@code (h * r + i, w * r + j)} of channel {@code
   * c} becomes pixel {@code (h, w)} of channel {@code (c * r + i) * r + j}.
   */
  public static Rearrangement pixelUnshuffle(Shape in, int factor) {
    String op = "pixel_unshuffle";
    if (in.rank() != 3
        || in.isFree(0)
        || !isMultiple(in, 1, factor)
        || !isMultiple(in, 2, factor)) {
      throw new ShapeException(
          op + ": input " + in + " must be an image whose sides are multiples of " + factor);
    }
    long r = factor;
    long h = in.isFree(1) ? Shape.FREE : in.dim(1) / r;
    long w = in.isFree(2) ? Shape.FREE : in.dim(2) / r;
    Loop[] loops = {
      new Loop(in.dim(0), 0, 1, 0, r * r),
      new Loop(r, 1, 1, 0, r),
      new Loop(r, 2, 1, 0, 1),
      new Loop(h, 1, r, 1, 1),
      new Loop(w, 2, r, 2, 1)
    };
    return new Rearrangement(in, Shape.of(in.dim(0) * r * r, h, w), List.of(loops), 0, 0);
  }

  private static boolean isMultiple(Shape in, int axis, int factor) {
    return in.isFree(axis) || in.dim(axis) % factor == 0;
  }

  private static int rank(String op, Shape in) {
    if (in.rank() > MOST_AXES) {
      throw new ShapeException(op + ": input " + in + " must have at most " + MOST_AXES + " axes");
    }
    return in.rank();
  }

  /** Converts an axis to an index from 0; negative values count from the last axis. */
  public static int axis(String op, Shape in, int axis) {
    int rank = rank(op, in);
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(op + ": axis " + axis + " is not an axis of input " + in);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** Returns the size of an axis, which must not be dynamic. */
  static long known(String op, Shape in, int axis) {
    if (in.isFree(axis)) {
      throw new ShapeException(op + ": axis " + axis + " of input " + in + " is dynamic");
    }
    return in.dim(axis);
  }

  /**
   * Checks that {@code dims} is a permutation of the axes, counted from 0.
   *
   * @throws InvalidArgumentException if {@code dims} is not a permutation
   */
  public static void requireOrder(String op, List<Integer> dims) {
    int[] sorted = dims.stream().mapToInt(Integer::intValue).sorted().toArray();
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] != i) {
        throw new InvalidArgumentException(
            op + ": dims " + dims + " must be a permutation of 0 to " + (sorted.length - 1));
      }
    }
  }

  /**
   * Returns whether a copy is unnecessary: along every axis with more than one element, the strides
   * of input and output are equal.
   */
  public boolean isThere(long[] inStrides, long[] outStrides) {
    return first == 0
        && loops.stream()
            .allMatch(l -> l.size == 1 || l.inStep * inStrides[l.inAxis] == stride(l, outStrides));
  }

  /** Returns the sample shape of the output. */
  public Shape out() {
    return out;
  }

  /** Returns whether all elements of the input are copied. */
  public boolean isWhole() {
    return in.elements() == out.elements();
  }

  /** Returns the offset of the first copied element in the input, in elements. */
  public long first(long[] inStrides) {
    return inStrides.length == 0 ? 0 : first * inStrides[firstAxis];
  }

  /**
   * Creates the copy kernel.
   *
   * @param inStrides the input's stride along each axis of a sample, in elements
   * @param outStrides the output's stride along each axis of a sample, in elements
   */
  public StridedCopyKernel kernel(long batch, long[] inStrides, long[] outStrides) {
    int n = loops.size() + 1;
    long[] sizes = new long[n];
    long[] src = new long[n];
    long[] dst = new long[n];
    sizes[0] = batch;
    src[0] = in.elements();
    dst[0] = out.elements();
    // adjacent elements of the output are written one after the other
    List<Loop> inOrder =
        loops.stream()
            .sorted((a, b) -> Long.compare(stride(b, outStrides), stride(a, outStrides)))
            .toList();
    for (int i = 1; i < n; i++) {
      Loop loop = inOrder.get(i - 1);
      sizes[i] = loop.size;
      src[i] = loop.inStep * inStrides[loop.inAxis];
      dst[i] = stride(loop, outStrides);
    }
    return new StridedCopyKernel(sizes, src, dst);
  }

  private static long stride(Loop loop, long[] outStrides) {
    return loop.outStep * outStrides[loop.outAxis];
  }

  /** Returns the axes, sorted by descending stride. */
  static List<Integer> descending(long[] strides) {
    return IntStream.range(0, strides.length)
        .boxed()
        .sorted((a, b) -> Long.compare(strides[b], strides[a]))
        .toList();
  }

  /** Returns the strides of a row-major sample, in elements. */
  public static long[] strides(Shape sample) {
    long[] strides = new long[sample.rank()];
    long next = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = next;
      next *= sample.dim(axis);
    }
    return strides;
  }
}
