package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The ranges that Slice and Split select, for constants and for values of the network. */
public final class Slices {
  /**
   * A range along one axis: {@code count} indices from {@code start} on, {@code step} apart; the
   * step may be negative.
   */
  public record Cut(int axis, long start, long count, long step) {
    /** Returns all indices of the range. */
    public long[] indices() {
      Fold.size(count);
      return LongStream.range(0, count).map(i -> start + i * step).toArray();
    }
  }

  private Slices() {}

  /** The bounds of a Slice along one axis; negative bounds count from the end of the axis. */
  public record Bounds(int axis, long start, long end, long step) {
    /** Returns the range that these bounds select on an axis of the given size. */
    public Cut of(long size) {
      return cut(axis, size, start, end, step);
    }

    /** Returns whether the range covers the whole axis, whatever its size. */
    public boolean isAll() {
      return start == 0 && end >= Integer.MAX_VALUE && step == 1;
    }
  }

  /** Returns the ranges of a Slice node, one for each sliced axis. */
  public static List<Cut> of(Node node, List<@Nullable Const> in, long[] dims) {
    return bounds(node, in, dims.length).stream().map(b -> b.of(dims[b.axis()])).toList();
  }

  /** Returns the bounds of a Slice node, from its attributes (before opset 10) or its inputs. */
  public static List<Bounds> bounds(Node node, List<@Nullable Const> in, int rank) {
    long[] starts = numbers(node, in, 1, "starts");
    long[] ends = numbers(node, in, 2, "ends");
    long[] axes = numbers(node, in, 3, "axes");
    long[] steps = numbers(node, in, 4, "steps");
    if (starts == null || ends == null || starts.length != ends.length) {
      throw new Refusal("starts and ends must have one value for each axis");
    }
    List<Bounds> all = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      if (axes != null && axes.length != starts.length
          || steps != null && steps.length != starts.length) {
        throw new Refusal("axes and steps must have as many values as starts");
      }
      int axis = Dims.axis(axes == null ? i : axes[i], rank);
      all.add(new Bounds(axis, starts[i], ends[i], steps == null ? 1 : steps[i]));
    }
    return all;
  }

  private static long @Nullable [] numbers(
      Node node, List<@Nullable Const> in, int i, String attribute) {
    Const c = i < in.size() ? in.get(i) : null;
    return c == null ? node.attributes().numbers(attribute) : c.longs();
  }

  private static Cut cut(int axis, long size, long start, long end, long step) {
    if (step == 0 || step == Long.MIN_VALUE) {
      throw new Refusal("a step of " + step + " is not supported");
    }
    long least = step > 0 ? 0 : -1;
    long most = step > 0 ? size : size - 1;
    long from = Math.min(Math.max(fromFront(start, size), 0), most); // by ONNX, unlike NumPy
    long to = Math.min(Math.max(fromFront(end, size), least), most);
    long count = step > 0 ? ceil(to - from, step) : ceil(from - to, -step);
    return new Cut(axis, from, count, step);
  }

  private static long fromFront(long at, long size) {
    return at < 0 ? Math.max(at, -size - 1) + size : at;
  }

  private static long ceil(long length, long step) {
    return length <= 0 ? 0 : (length - 1) / step + 1;
  }

  /**
   * Returns the ranges of a Split node, which have the given lengths or, without lengths, nearly
   * equal lengths.
   */
  public static List<Cut> parts(Node node, @Nullable Const lengths, long[] dims) {
    int axis = Dims.axis(node.attributes().number("axis", 0), dims.length);
    long[] sizes = lengths == null ? node.attributes().numbers("split") : lengths.longs();
    if (sizes == null) {
      int n = (int) node.attributes().number("num_outputs", node.outputs().size());
      if (n < 1 || n != node.outputs().size()) {
        throw new Refusal("it has " + node.outputs().size() + " outputs, expected " + n);
      }
      long each = (dims[axis] + n - 1) / n;
      sizes = new long[node.outputs().size()];
      Arrays.fill(sizes, each);
      if (sizes.length > 0) {
        sizes[sizes.length - 1] = dims[axis] - each * (sizes.length - 1);
      }
    }
    if (sizes.length != node.outputs().size() || Arrays.stream(sizes).sum() != dims[axis]) {
      throw new Refusal(
          "parts " + Arrays.toString(sizes) + " must sum to the axis size, " + dims[axis]);
    }
    List<Cut> cuts = new ArrayList<>();
    long start = 0;
    for (long size : sizes) {
      if (size < 0) {
        throw new Refusal("a part has " + size + " elements");
      }
      cuts.add(new Cut(axis, start, size, 1));
      start += size;
    }
    return cuts;
  }
}
