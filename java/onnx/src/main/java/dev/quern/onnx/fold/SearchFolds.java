package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Operators that search: the indices of elements that are nonzero, or largest along an axis. */
final class SearchFolds {
  private SearchFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("NonZero", (n, v, in) -> List.of(nonZero(Fold.given(n, in, 0))));
    rules.put("TopK", SearchFolds::topK);
    rules.put("ArgMax", (n, v, in) -> List.of(best(n, in, true)));
    rules.put("ArgMin", (n, v, in) -> List.of(best(n, in, false)));
  }

  /** Returns the indices of the nonzero elements, one column per element. */
  private static Const nonZero(Const x) {
    int[] at = new int[Fold.size(x.dims())];
    int count = 0;
    float[] floats = x.floats();
    for (int i = 0; i < at.length; i++) {
      if (floats[i] != 0) {
        at[count++] = i;
      }
    }
    long[] strides = Dims.strides(x.dims());
    long[] out = new long[Fold.size(x.rank(), count)];
    for (int axis = 0; axis < x.rank(); axis++) {
      for (int i = 0; i < count; i++) {
        out[axis * count + i] = at[i] / strides[axis] % x.dims()[axis];
      }
    }
    return Const.of(Types.INT64, new long[] {x.rank(), count}, out);
  }

  private static List<Const> topK(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    int axis = Dims.axis(node.attributes().number("axis", -1), x.rank());
    long k = opset < 10 ? node.attributes().number("k", -1) : one(Fold.given(node, in, 1));
    if (k < 0 || k > x.dims()[axis]) {
      throw new Refusal("k is " + k + " for an axis of " + x.dims()[axis]);
    }
    boolean largest = node.attributes().number("largest", 1) != 0;
    long[] to = Dims.with(x.dims(), axis, k);
    int[] from = new int[Fold.size(to)];
    long[] places = new long[from.length];
    int n = (int) x.dims()[axis];
    int inner = (int) Dims.elements(x.dims(), axis + 1, x.rank());
    int outer = (int) Dims.elements(x.dims(), 0, axis);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int start = o * n * inner + i;
        int[] order = ordered(x, start, n, inner, largest);
        for (int j = 0; j < k; j++) {
          int at = (o * (int) k + j) * inner + i;
          from[at] = start + order[j] * inner;
          places[at] = order[j];
        }
      }
    }
    return List.of(x.take(to, from), Const.of(Types.INT64, to, places));
  }

  private static long one(Const c) {
    if (c.elements() != 1) {
      throw new Refusal("k has shape " + Arrays.toString(c.dims()) + ", expected one number");
    }
    return c.longs()[0];
  }

  /** Returns the positions along an axis, the best element first; of equal ones the first. */
  private static int[] ordered(Const x, int start, int n, int step, boolean largest) {
    if (x.isFloat()) {
      return ordered(x.floats(), start, n, step, largest);
    }
    long[] v = x.longs();
    Comparator<Integer> by = (a, b) -> Long.compare(v[start + a * step], v[start + b * step]);
    return IntStream.range(0, n)
        .boxed()
        .sorted(largest ? by.reversed() : by)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Sorts pairs of a float and its position, packed into longs whose order is that of the pairs.
   */
  private static int[] ordered(float[] v, int start, int n, int step, boolean largest) {
    long[] pairs = new long[n];
    for (int i = 0; i < n; i++) {
      int bits = Float.floatToIntBits(v[start + i * step]);
      int ascending = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
      pairs[i] = (long) (largest ? ~ascending : ascending) << Integer.SIZE | i;
    }
    Arrays.sort(pairs);
    return Arrays.stream(pairs).mapToInt(p -> (int) p).toArray();
  }

  private static Const best(Node node, List<@Nullable Const> in, boolean largest) {
    Const x = Fold.given(node, in, 0);
    int axis = Dims.axis(node.attributes().number("axis", 0), x.rank());
    boolean last = node.attributes().number("select_last_index", 0) != 0;
    boolean kept = node.attributes().number("keepdims", 1) != 0;
    int n = (int) x.dims()[axis];
    int inner = (int) Dims.elements(x.dims(), axis + 1, x.rank());
    long[] to = Dims.with(x.dims(), axis, 1);
    long[] out = new long[Fold.size(to)];
    if (n == 0 && out.length > 0) {
      throw new Refusal("an axis without elements has no maximum or minimum");
    }
    float[] floats = x.isFloat() ? x.floats() : new float[0];
    long[] longs = x.isFloat() ? new long[0] : x.longs();
    for (int i = 0; i < out.length; i++) {
      int start = i / inner * n * inner + i % inner;
      int best = start;
      for (int j = 1; j < n; j++) {
        int at = start + j * inner;
        int order =
            x.isFloat()
                ? Float.compare(floats[at], floats[best])
                : Long.compare(longs[at], longs[best]);
        best = (largest ? order : -order) > (last ? -1 : 0) ? at : best;
      }
      out[i] = (best - start) / inner;
    }
    long[] without =
        LongStream.concat(Arrays.stream(to, 0, axis), Arrays.stream(to, axis + 1, to.length))
            .toArray();
    return Const.of(Types.INT64, kept ? to : without, out);
  }
}
