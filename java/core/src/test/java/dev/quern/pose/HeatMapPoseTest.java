package dev.quern.pose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.pose.HeatMapPose.Refinement;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeatMapPoseTest {
  private static final HeatMapPose QUARTER = new HeatMapPose("maps");

  private final Random random = new Random(5);
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private List<List<KeyPoint>> decoded(HeatMapPose how, Size input, Shape shape, float... values) {
    return how.keyPoints(Map.of("maps", arena.tensor(shape).copyFrom(values)), input);
  }

  /** The only key point of a map with two pixels of the input per cell. */
  private KeyPoint one(HeatMapPose how, int height, int width, float... values) {
    Size input = new Size(2 * height, 2 * width);
    return decoded(how, input, Shape.of(1, 1, height, width), values).get(0).get(0);
  }

  private static void isAt(KeyPoint point, double x, double y, double score) {
    assertThat(point.x()).isCloseTo(x, within(1e-9));
    assertThat(point.y()).isCloseTo(y, within(1e-9));
    assertThat(point.score()).isEqualTo(score);
  }

  /** Maps of any size, one cell and one row among them, and of any sign. */
  @ParameterizedTest
  @EnumSource
  void decodingIsThatOfTheSlowOne(Refinement refinement) {
    int moved = 0;
    for (int i = 0; i < 1200; i++) {
      int least = refinement == Refinement.UDP ? 2 : 1;
      int height = least + random.nextInt(i % 4 == 0 ? 2 : 16);
      int width = least + random.nextInt(i % 3 == 0 ? 2 : 13);
      int samples = 1 + random.nextInt(3);
      int points = 1 + random.nextInt(3);
      int blur = 3 + 2 * random.nextInt(7);
      float[] values = maps(samples * points, height, width, i % 5);
      Size input = new Size(2 + random.nextInt(40), 2 + random.nextInt(40));
      HeatMapPose how = new HeatMapPose("maps", refinement, blur);
      List<List<KeyPoint>> all =
          decoded(how, input, Shape.of(samples, points, height, width), values);
      assertThat(all).hasSize(samples);
      for (int k = 0; k < samples * points; k++) {
        double[][] map = new double[height][width];
        for (int j = 0; j < height * width; j++) {
          map[j / width][j % width] = values[k * height * width + j];
        }
        double[] expected = SlowPose.heatMap(map, refinement, blur);
        moved += expected[0] % 1 != 0 || expected[1] % 1 != 0 ? 1 : 0;
        boolean aligned = refinement == Refinement.UDP;
        double x = expected[0] * (input.width() - (aligned ? 1 : 0)) / (width - (aligned ? 1 : 0));
        double y =
            expected[1] * (input.height() - (aligned ? 1 : 0)) / (height - (aligned ? 1 : 0));
        KeyPoint point = all.get(k / points).get(k % points);
        assertThat(point.x()).isCloseTo(x, within(1e-6 * (1 + Math.abs(x))));
        assertThat(point.y()).isCloseTo(y, within(1e-6 * (1 + Math.abs(y))));
        assertThat(point.score()).isEqualTo(expected[2]);
      }
    }
    assertThat(moved).isGreaterThan(100);
  }

  /** Noise, small integers with ties, negative values, or Gaussians, some at the border. */
  private float[] maps(int count, int height, int width, int kind) {
    float[] all = new float[count * height * width];
    for (int k = 0; k < count; k++) {
      double x = random.nextDouble() * (width + 1) - 1;
      double y = random.nextDouble() * (height + 1) - 1;
      for (int i = 0; i < height * width; i++) {
        double dx = i % width - x;
        double dy = i / width - y;
        double value =
            switch (kind) {
              case 0 -> random.nextGaussian();
              case 1 -> random.nextInt(3);
              case 2 -> -random.nextDouble();
              default -> Math.exp(-(dx * dx + dy * dy) / 8);
            };
        all[k * height * width + i] = (float) value;
      }
    }
    return all;
  }

  @Test
  void aQuarterTowardsTheHigherNeighbor() {
    float[] map = new float[5 * 6];
    map[2 * 6 + 3] = 0.75f; // row 2, column 3
    isAt(one(QUARTER, 5, 6, map), 6, 4, 0.75);
    map[2 * 6 + 4] = 0.5f;
    map[6 + 3] = 0.25f;
    isAt(one(QUARTER, 5, 6, map), 6.5, 3.5, 0.75);
    map[2 * 6 + 2] = 0.625f;
    map[3 * 6 + 3] = 0.25f; // as high as the one above
    isAt(one(QUARTER, 5, 6, map), 5.5, 4, 0.75);
  }

  @Test
  void noShiftAtTheBorder() {
    for (int at = 0; at < 25; at++) {
      float[] map = new float[25];
      map[at] = 1;
      for (int other : new int[] {at - 5, at - 1}) {
        if (other >= 0) {
          map[other] = 0.5f;
        }
      }
      int row = at / 5;
      int column = at % 5;
      boolean inside = row > 1 && row < 4 && column > 1 && column < 4;
      double shift = inside ? 0.5 : 0;
      isAt(one(QUARTER, 5, 5, map), 2 * column - shift, 2 * row - shift, 1);
    }
  }

  /** DARK and UDP find a Gaussian's center between the cells. */
  @Test
  void centerOfAGaussian() {
    float[] map = new float[24 * 20];
    for (int i = 0; i < map.length; i++) {
      double dx = i % 20 - 9.3;
      double dy = i / 20 - 11.8;
      map[i] = (float) Math.exp(-(dx * dx + dy * dy) / 8);
    }
    KeyPoint dark = one(new HeatMapPose("maps", Refinement.DARK), 24, 20, map);
    assertThat(dark.x()).isCloseTo(18.6, within(0.02));
    assertThat(dark.y()).isCloseTo(23.6, within(0.02));
    KeyPoint udp = one(new HeatMapPose("maps", Refinement.UDP), 24, 20, map);
    assertThat(udp.x()).isCloseTo(9.3 * 39 / 19, within(0.02));
    assertThat(udp.y()).isCloseTo(11.8 * 47 / 23, within(0.02));
    KeyPoint quarter = one(QUARTER, 24, 20, map);
    isAt(quarter, 18.5, 23.5, map[12 * 20 + 9]);
  }

  @ParameterizedTest
  @EnumSource
  void firstOfEqualValues(Refinement refinement) {
    HeatMapPose how = new HeatMapPose("maps", refinement);
    float[] map = new float[6 * 6];
    Arrays.fill(map, -0.5f);
    isAt(one(how, 6, 6, map), 0, 0, -0.5);
    map[3 * 6 + 4] = -0.25f;
    map[4 * 6 + 1] = -0.25f;
    double cell = refinement == Refinement.UDP ? 11 / 5.0 : 2;
    isAt(one(how, 6, 6, map), 4 * cell, 3 * cell, -0.25);
    Arrays.fill(map, 0);
    isAt(one(how, 6, 6, map), 0, 0, 0);
  }

  /** Other key points are not affected. */
  @ParameterizedTest
  @EnumSource
  void mapsThatAreNotFinite(Refinement refinement) {
    HeatMapPose how = new HeatMapPose("maps", refinement);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] maps = new float[3 * 64];
      maps[64 + 9] = bad;
      maps[36] = 1;
      maps[128 + 36] = 1;
      List<KeyPoint> points = decoded(how, new Size(30, 20), Shape.of(1, 3, 8, 8), maps).get(0);
      double less = refinement == Refinement.UDP ? 0.5 : 0;
      isAt(points.get(1), 10 - less, 15 - less, 0);
      assertThat(points.get(0)).isEqualTo(points.get(2));
      assertThat(points.get(0).score()).isEqualTo(1);
    }
  }

  /** One peak among negative values: the blurred map may be below 0 everywhere. */
  @Test
  void noRefinementOfABlurredMapBelowZero() {
    float[] map = new float[49];
    Arrays.fill(map, -10);
    map[3 * 7 + 3] = 0.5f;
    for (Refinement refinement : List.of(Refinement.DARK, Refinement.UDP)) {
      double cell = refinement == Refinement.UDP ? 13 / 6.0 : 2;
      isAt(one(new HeatMapPose("maps", refinement), 7, 7, map), 3 * cell, 3 * cell, 0.5);
    }
  }

  @Test
  void extremeValuesGiveFiniteKeyPoints() {
    for (Refinement refinement : Refinement.values()) {
      for (float high : new float[] {Float.MAX_VALUE, Float.MIN_VALUE}) {
        float[] map = new float[64];
        map[27] = high;
        map[28] = high / 2;
        map[0] = -high;
        KeyPoint point = one(new HeatMapPose("maps", refinement), 8, 8, map);
        assertThat(point.score()).isEqualTo(high);
      }
    }
  }

  @Test
  void refusals() {
    List<Runnable> bad = new ArrayList<>();
    Size input = new Size(8, 8);
    bad.add(() -> decoded(QUARTER, input, Shape.of(1, 4, 4), new float[16]));
    bad.add(() -> decoded(QUARTER, input, Shape.of(1, 1, 1, 4, 4), new float[16]));
    bad.add(() -> decoded(QUARTER, input, Shape.of(1, 2, 0, 4)));
    for (Runnable r : bad) {
      assertThatThrownBy(r::run)
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("pose: output maps has shape")
          .hasMessageContaining("expected [N, K, H, W]");
    }
    HeatMapPose udp = new HeatMapPose("maps", Refinement.UDP);
    assertThatThrownBy(() -> one(udp, 1, 4, new float[4]))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("H and W of at least 2 for UDP");
    assertThatThrownBy(() -> decoded(udp, new Size(9, 1), Shape.of(1, 1, 2, 2), new float[4]))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("input 9x1 must be at least 2x2 for UDP");
    assertThatThrownBy(() -> decoded(QUARTER, new Size(0, 1), Shape.of(1, 1, 2, 2), new float[4]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("input 0x1 must be at least 1x1");
    assertThatThrownBy(() -> QUARTER.keyPoints(Map.of(), input))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("unknown output maps, found []");
    for (int blur : new int[] {-1, 1, 4, 101}) {
      assertThatThrownBy(() -> new HeatMapPose("maps", Refinement.DARK, blur))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("heat map pose: blur " + blur + " must be an odd number from 3 to 99");
    }
  }

  @Test
  void outputsAndCorners() {
    assertThat(QUARTER.outputs()).containsExactly("maps");
    assertThat(QUARTER).isEqualTo(new HeatMapPose("maps", Refinement.QUARTER_SHIFT, 11));
    assertThat(QUARTER.alignCorners()).isFalse();
    assertThat(new HeatMapPose("maps", Refinement.DARK).alignCorners()).isFalse();
    assertThat(new HeatMapPose("maps", Refinement.UDP).alignCorners()).isTrue();
    assertThat(decoded(QUARTER, new Size(4, 4), Shape.of(0, 1, 2, 2))).isEmpty();
  }
}
