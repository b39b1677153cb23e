package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Non-maximum suppression. */
final class BoxFolds {
  private static final int CORNERS = 4;

  /** The maximum number of comparisons of two boxes, since a file may hold millions of boxes. */
  private static final long MOST_COMPARED = 1L << 31;

  private BoxFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("NonMaxSuppression", BoxFolds::suppressed);
  }

  private static List<Const> suppressed(Node node, long opset, List<@Nullable Const> in) {
    Const boxes = Fold.given(node, in, 0);
    Const scores = Fold.given(node, in, 1);
    if (boxes.rank() != 3 || boxes.dims()[2] != CORNERS || scores.rank() != 3) {
      throw new Refusal(
          "boxes "
              + boxes
              + " and scores "
              + scores
              + " are not [N, boxes, 4] and"
              + " [N, classes, boxes]");
    }
    if (boxes.dims()[0] != scores.dims()[0] || boxes.dims()[1] != scores.dims()[2]) {
      throw new Refusal("boxes " + boxes + " and scores " + scores + " do not match");
    }
    long most = number(in, 2) == null ? 0 : Math.max(0, number(in, 2).longs()[0]);
    float limit = number(in, 3) == null ? 0 : number(in, 3).scalar();
    float least = number(in, 4) == null ? Float.NEGATIVE_INFINITY : number(in, 4).scalar();
    boolean centers = node.attributes().number("center_point_box", 0) != 0;
    float[] corners = corners(boxes.floats(), centers);
    int n = (int) boxes.dims()[1];
    int classes = (int) scores.dims()[1];
    List<long[]> all = new ArrayList<>();
    long[] compared = new long[1];
    for (int i = 0; i < boxes.dims()[0] * classes; i++) {
      int image = i / classes;
      float[] of = Arrays.copyOfRange(corners, image * n * CORNERS, (image + 1) * n * CORNERS);
      float[] score = Arrays.copyOfRange(scores.floats(), i * n, (i + 1) * n);
      for (int box : kept(of, score, most, limit, least, compared)) {
        all.add(new long[] {image, i % classes, box});
      }
    }
    long[] out = all.stream().flatMapToLong(Arrays::stream).toArray();
    return List.of(Const.of(Types.INT64, new long[] {all.size(), 3}, out));
  }

  private static @Nullable Const number(List<@Nullable Const> in, int i) {
    Const c = i < in.size() ? in.get(i) : null;
    if (c != null && c.elements() != 1) {
      throw new Refusal("input " + i + " is " + c + ", expected one number");
    }
    return c;
  }

  /**
   * Returns each box as its least and greatest coordinates; a file may have the corners swapped.
   */
  private static float[] corners(float[] boxes, boolean centers) {
    float[] out = new float[boxes.length];
    for (int i = 0; i < out.length; i += CORNERS) {
      for (int j = 0; j < 2; j++) {
        float a = boxes[i + j];
        float b = boxes[i + 2 + j];
        out[i + j] = centers ? a - b / 2 : Math.min(a, b);
        out[i + 2 + j] = centers ? a + b / 2 : Math.max(a, b);
      }
    }
    return out;
  }

  /** Returns the kept boxes of one class, in descending order of score. */
  private static int[] kept(
      float[] boxes, float[] scores, long most, float limit, float least, long[] compared) {
    int[] order =
        IntStream.range(0, scores.length)
            .filter(i -> scores[i] > least)
            .boxed()
            .sorted((a, b) -> Float.compare(scores[b], scores[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] kept = new int[(int) Math.min(most, order.length)];
    float[] corners = new float[kept.length * CORNERS];
    int count = 0;
    for (int i = 0; i < order.length && count < kept.length; i++) {
      compared[0] += count;
      if (compared[0] > MOST_COMPARED) {
        throw new Refusal("more than " + MOST_COMPARED + " pairs of boxes are compared");
      }
      if (!overlaps(corners, count, boxes, order[i] * CORNERS, limit)) {
        System.arraycopy(boxes, order[i] * CORNERS, corners, count * CORNERS, CORNERS);
        kept[count++] = order[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** Returns whether the intersection over union of a box and a kept one exceeds the limit. */
  private static boolean overlaps(float[] kept, int count, float[] boxes, int at, float limit) {
    float left = boxes[at];
    float top = boxes[at + 1];
    float right = boxes[at + 2];
    float bottom = boxes[at + 3];
    float area = (right - left) * (bottom - top);
    for (int k = 0; k < count * CORNERS; k += CORNERS) {
      float wide = Math.min(right, kept[k + 2]) - Math.max(left, kept[k]);
      if (wide > 0) {
        float high = Math.min(bottom, kept[k + 3]) - Math.max(top, kept[k + 1]);
        float inside = wide * high;
        float other = (kept[k + 2] - kept[k]) * (kept[k + 3] - kept[k + 1]);
        if (high > 0 && inside / (area + other - inside) > limit) {
          return true;
        }
      }
    }
    return false;
  }
}
