package dev.quern.onnx.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Suppression against one that compares each box with all kept ones. */
class KeptBoxesTest {
  private static final int CORNERS = 4;

  private static int[] slow(float[] boxes, float[] scores, long most, float limit, float least) {
    List<Integer> kept = new ArrayList<>();
    IntStream.range(0, scores.length)
        .filter(i -> scores[i] > least)
        .boxed()
        .sorted((a, b) -> Float.compare(scores[b], scores[a]))
        .filter(i -> kept.stream().noneMatch(k -> iou(boxes, i, k) > limit))
        .limit(most)
        .forEach(kept::add);
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float iou(float[] b, int i, int j) {
    int p = i * CORNERS;
    int q = j * CORNERS;
    float wide = Math.min(b[p + 2], b[q + 2]) - Math.max(b[p], b[q]);
    float high = Math.min(b[p + 3], b[q + 3]) - Math.max(b[p + 1], b[q + 1]);
    if (!(wide > 0 && high > 0)) {
      return Float.NEGATIVE_INFINITY;
    }
    float inside = wide * high;
    float one = (b[p + 2] - b[p]) * (b[p + 3] - b[p + 1]);
    float other = (b[q + 2] - b[q]) * (b[q + 3] - b[q + 1]);
    return inside / (one + other - inside);
  }

  private static void check(float[] boxes, float[] scores, long most, float limit, float least) {
    assertThat(new KeptBoxes(boxes, limit, new long[1]).of(scores, most, least))
        .isEqualTo(slow(boxes, scores, most, limit, least));
  }

  /** Boxes of up to {@code classes} classes, each of which has a place of its own. */
  private static float[] boxes(Random random, int n, int classes, float width) {
    float[] all = new float[n * CORNERS];
    for (int i = 0; i < n; i++) {
      float place = 1000 * random.nextInt(classes) - 3000;
      for (int axis = 0; axis < 2; axis++) {
        all[i * CORNERS + axis] = place + 100 * random.nextFloat();
        all[i * CORNERS + 2 + axis] = all[i * CORNERS + axis] + width * random.nextFloat();
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 90})
  void keepsTheSameBoxes(int classes) {
    Random random = new Random(classes);
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(120);
      float[] boxes = boxes(random, n, classes, round % 4 == 0 ? 0 : 80 * random.nextFloat());
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) {
        scores[i] = random.nextInt(20) / 10f - 0.5f; // many are equal, some negative
      }
      float limit = random.nextFloat() - 0.2f;
      check(boxes, scores, random.nextInt(n + 2), limit, random.nextInt(3) / 2f - 0.5f);
    }
  }

  @Test
  void numbersMayBeAnything() {
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0, 1e-30f, 1, 3e38f, -3e38f
    };
    Random random = new Random(5);
    for (int round = 0; round < 2000; round++) {
      float[] boxes = boxes(random, 12, 2, 50);
      float[] scores = new float[12];
      for (int i = 0; i < 6; i++) {
        boxes[random.nextInt(boxes.length)] = values[random.nextInt(round % 2 == 0 ? 3 : 9)];
        scores[random.nextInt(12)] = values[random.nextInt(9)];
      }
      check(boxes, scores, 12, 0.3f, Float.NEGATIVE_INFINITY);
    }
  }

  @Test
  void comparesOnlyWhatIsNear() {
    float[] boxes = new float[1000 * CORNERS];
    for (int i = 0; i < 1000; i++) {
      boxes[i * CORNERS] = 10 * i;
      boxes[i * CORNERS + 2] = 10 * i + 1;
      boxes[i * CORNERS + 3] = 1;
    }
    long[] compared = new long[1];
    assertThat(new KeptBoxes(boxes, 0.5f, compared).of(new float[1000], 1000, -1)).hasSize(1000);
    assertThat(compared[0]).isLessThan(10);
  }

  @Test
  void refusesTooManyComparisons() {
    long[] compared = {1L << 31};
    KeptBoxes kept = new KeptBoxes(new float[] {0, 0, 1, 1, 0, 0, 1, 1}, 0.5f, compared);
    assertThatThrownBy(() -> kept.of(new float[] {1, 1}, 2, 0))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("pairs of boxes");
  }
}
