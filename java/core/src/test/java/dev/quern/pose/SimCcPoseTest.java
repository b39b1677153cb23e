package dev.quern.pose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimCcPoseTest {
  private final Random random = new Random(11);
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(Shape shape, float... values) {
    return arena.tensor(shape).copyFrom(values);
  }

  private float[] noise(int count, int kind) {
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = kind == 0 ? (float) random.nextGaussian() : kind == 1 ? random.nextInt(3) : -1 - i;
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 1, 3, 1.5, 0.5})
  void decodingIsThatOfTheFormula(double split) {
    SimCcPose how = new SimCcPose("x", "y", split);
    for (int i = 0; i < 60; i++) {
      Size input = new Size(1 + random.nextInt(30), 1 + random.nextInt(30));
      int wide = (int) Math.rint(input.width() * split);
      int high = (int) Math.rint(input.height() * split);
      if (wide == 0 || high == 0) {
        continue;
      }
      int samples = 1 + random.nextInt(3);
      int points = 1 + random.nextInt(4);
      float[] x = noise(samples * points * wide, i % 3);
      float[] y = noise(samples * points * high, (i + 1) % 3);
      List<List<KeyPoint>> all =
          how.keyPoints(
              Map.of(
                  "x", tensor(Shape.of(samples, points, wide), x),
                  "y", tensor(Shape.of(samples, points, high), y)),
              input);
      assertThat(all).hasSize(samples);
      for (int k = 0; k < samples * points; k++) {
        double[] across = highest(x, k * wide, wide);
        double[] down = highest(y, k * high, high);
        KeyPoint expected =
            new KeyPoint(
                across[0] / split, down[0] / split, across[1] < down[1] ? across[1] : down[1]);
        assertThat(all.get(k / points)).hasSize(points);
        assertThat(all.get(k / points).get(k % points)).isEqualTo(expected);
      }
    }
  }

  /** Returns the position and value of the highest one, the first of equal ones. */
  private static double[] highest(float[] values, int from, int count) {
    double[] best = {0, values[from]};
    for (int i = count - 1; i >= 0; i--) {
      if (values[from + i] >= best[1]) {
        best = new double[] {i, values[from + i]};
      }
    }
    return best;
  }

  @Test
  void vectorsThatAreNotFinite() {
    SimCcPose how = new SimCcPose("x", "y");
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] x = new float[3 * 6];
      float[] y = new float[3 * 8];
      x[4] = 0.5f;
      y[7] = 0.75f;
      x[6 + 1] = bad;
      y[16 + 2] = bad;
      List<KeyPoint> points =
          how.keyPoints(
                  Map.of("x", tensor(Shape.of(1, 3, 6), x), "y", tensor(Shape.of(1, 3, 8), y)),
                  new Size(4, 3))
              .get(0);
      KeyPoint middle = new KeyPoint(1.5, 2, 0);
      assertThat(points).containsExactly(new KeyPoint(2, 3.5, 0.5), middle, middle);
    }
  }

  private void isRefused(Shape x, Shape y, Size input, String message) {
    Map<String, Tensor> outputs = Map.of("x", arena.tensor(x), "y", arena.tensor(y));
    assertThatThrownBy(() -> new SimCcPose("x", "y").keyPoints(outputs, input))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusals() {
    Size input = new Size(4, 3);
    Shape good = Shape.of(1, 2, 6);
    isRefused(good, Shape.of(1, 2, 9), input, "output y has shape 2x9, expected [K, 8] for a side");
    isRefused(
        Shape.of(1, 2, 8), Shape.of(1, 2, 6), input, "output x has shape 2x8, expected [K, 6]");
    isRefused(good, Shape.of(1, 3, 8), input, "x and y have shapes 1x2x6 and 1x3x8");
    isRefused(good, Shape.of(2, 2, 8), input, "x and y have shapes 1x2x6 and 2x2x8");
    isRefused(
        Shape.of(2, 6), Shape.of(1, 2, 8), input, "output x has shape 2x6, expected [N, K, 6]");
    isRefused(Shape.of(1, 0, 6), Shape.of(1, 0, 8), input, "output x has shape 1x0x6");
    SimCcPose how = new SimCcPose("x", "y");
    Map<String, Tensor> one = Map.of("x", arena.tensor(good));
    assertThatThrownBy(() -> how.keyPoints(one, input))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pose: unknown output y, found [x]");
    assertThatThrownBy(() -> how.keyPoints(one, new Size(4, -1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pose: input 4x-1 must be at least 1x1");
    for (double split : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new SimCcPose("x", "y", split))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("split " + split + " must be a finite number above 0");
    }
  }

  @Test
  void outputsAndCorners() {
    SimCcPose how = new SimCcPose("a", "b");
    assertThat(how.outputs()).containsExactly("a", "b");
    assertThat(how.split()).isEqualTo(2);
    assertThat(how.alignCorners()).isFalse();
  }
}
