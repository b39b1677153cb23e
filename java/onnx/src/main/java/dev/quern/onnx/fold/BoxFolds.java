package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Non-maximum suppression. */
final class BoxFolds {
  private static final int CORNERS = 4;

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
      for (int box : new KeptBoxes(of, limit, compared).of(score, most, least)) {
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
}
