package dev.quern.onnx.lower;

import dev.quern.layer.shape.Constant;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Dims;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values that attention adds to its scores: none, a causal mask, a constant bias, or one mask
 * that the network computes.
 *
 * @param causal whether the sum is a causal mask
 * @param heads the number of heads of the bias, over all windows; 0 without a bias
 * @param bias the sum of the constants; null without constants
 * @param mask the computed mask; null without a computed mask
 */
record AddedScores(boolean causal, int heads, float @Nullable [] bias, @Nullable String mask) {
  private static final AddedScores NONE = new AddedScores(false, 0, null, null);

  private static final int RANK = 4;

  /** Returns the values in the form that attention supports; null if it does not support them. */
  static @Nullable AddedScores of(Parts parts, List<String> names, JoinedAttention.Sizes s) {
    if (names.isEmpty()) {
      return NONE;
    }
    for (String name : names) {
      if (!fits(padded(parts, name), s)) {
        return null;
      }
      Network.Node n = parts.nodes.get(name);
      if (n == null || !(n.layer() instanceof Constant)) {
        boolean alone = names.size() == 1 && s.windows() == 1 && isMask(parts, name, s);
        return alone ? new AddedScores(false, 0, null, name) : null;
      }
    }
    return constant(parts, names, s);
  }

  /**
   * Returns a value's dimensions, preceded by ones up to {@code [windows, heads, queries, keys]}.
   */
  private static long[] padded(Parts parts, String name) {
    long[] dims = parts.shapes.get(name).toArray();
    int first = 0;
    while (dims.length - first > RANK && dims[first] == 1) {
      first++;
    }
    long[] own = Arrays.copyOfRange(dims, first, dims.length);
    return own.length > RANK ? own : Dims.padded(own, RANK);
  }

  private static boolean fits(long[] d, JoinedAttention.Sizes s) {
    return d.length == RANK
        && (d[0] == 1 || d[0] == s.windows())
        && (d[1] == 1 || d[1] == s.heads())
        && d[2] == s.queries()
        && d[3] == s.keys();
  }

  private static boolean isMask(Parts parts, String name, JoinedAttention.Sizes s) {
    Shape shape = parts.shapes.get(name);
    return shape.rank() == 2
        || shape.rank() == 3 && (shape.dim(0) == 1 || shape.dim(0) == s.heads());
  }

  private static AddedScores constant(Parts parts, List<String> names, JoinedAttention.Sizes s) {
    long windows = 1;
    long heads = 1;
    for (String name : names) {
      long[] d = padded(parts, name);
      windows = Math.max(windows, d[0]);
      heads = Math.max(heads, d[1]);
    }
    if (windows > 1) {
      heads = s.heads();
    }
    int each = Math.toIntExact(s.queries() * s.keys());
    float[] sum = new float[Math.toIntExact(windows * heads * each)];
    for (String name : names) {
      long[] d = padded(parts, name);
      float[] values = ((Constant) parts.nodes.get(name).layer()).values();
      for (int i = 0; i < sum.length; i++) {
        long head = d[1] == 1 ? 0 : i / each % heads;
        long window = d[0] == 1 ? 0 : i / each / heads;
        sum[i] += values[(int) ((window * d[1] + head) * each) + i % each];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] = Math.max(sum[i], -Float.MAX_VALUE);
    }
    if (isCausal(sum, s.keys(), s.queries())) {
      return new AddedScores(true, 0, null, null);
    }
    return new AddedScores(false, Math.toIntExact(windows * heads), sum, null);
  }

  private static boolean isCausal(float[] values, long keys, long queries) {
    for (int i = 0; i < values.length; i++) {
      boolean hidden = i % keys > i / keys % queries;
      if (values[i] != (hidden ? -Float.MAX_VALUE : 0)) {
        return false;
      }
    }
    return true;
  }
}
