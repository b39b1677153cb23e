package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DbDecoderTest {
  private static final int SIZE = 160;

  /** Without growth, so that the drawn rectangle is what comes back. */
  private static final DbDecoder PLAIN = new DbDecoder(0.3, 0.6, 0);

  private static final DbDecoder GROWN = new DbDecoder(0.3, 0.6, 1.5);

  /** Draws the pixels whose centers lie in a rotated rectangle. */
  private static void draw(
      float[] map, double x, double y, double w, double h, double degrees, float value) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    for (int i = 0; i < map.length; i++) {
      double dx = i % SIZE - x;
      double dy = i / SIZE - y;
      if (Math.abs(dx * cos + dy * sin) <= w / 2 && Math.abs(dy * cos - dx * sin) <= h / 2) {
        map[i] = value;
      }
    }
  }

  private static float[] map() {
    return new float[SIZE * SIZE];
  }

  @Test
  void rotatedRectanglesComeBack() {
    for (double degrees = -90; degrees < 90; degrees += 7.5) {
      float[] map = map();
      draw(map, 80, 75, 100, 20, degrees, 0.9f);
      List<RotatedBox> boxes = PLAIN.decode(map, SIZE, SIZE);
      assertThat(boxes).as("%s", degrees).hasSize(1);
      Quadrilateral q = boxes.get(0).corners(1, 1);
      double cos = Math.cos(Math.toRadians(degrees));
      double sin = Math.sin(Math.toRadians(degrees));
      for (int i = 0; i < 4; i++) {
        double a = i == 0 || i == 3 ? -50 : 50;
        double b = i < 2 ? -10 : 10;
        // pixel centers are at 0.5
        Point drawn = new Point(80.5 + a * cos - b * sin, 75.5 + a * sin + b * cos);
        assertThat(q.corners().stream().mapToDouble(drawn::distance).min().orElseThrow())
            .as("corner %s at %s degrees", i, degrees)
            .isLessThan(2);
      }
      assertThat(Math.max(q.width(), q.height())).isCloseTo(100, within(2.5));
      assertThat(Math.min(q.width(), q.height())).isCloseTo(20, within(2.5));
    }
  }

  @Test
  void leftCornersComeFirstAndTheUpperOfThemAtTheTop() {
    float[] map = map();
    draw(map, 80, 80, 100, 20, 20, 1);
    Quadrilateral q = GROWN.decode(map, SIZE, SIZE).get(0).corners(1, 1);
    assertThat(q.topLeft().x()).isLessThan(q.topRight().x());
    assertThat(q.bottomLeft().x()).isLessThan(q.bottomRight().x());
    assertThat(q.topLeft().y()).isLessThan(q.bottomLeft().y());
    assertThat(q.topRight().y()).isGreaterThan(q.topLeft().y()); // rotated clockwise
  }

  @Test
  void growsByAreaTimesRatioByPerimeter() {
    float[] map = map();
    draw(map, 80, 80, 80, 20, 0, 1);
    RotatedBox box = GROWN.decode(map, SIZE, SIZE).get(0);
    double distance = 80 * 20 * 1.5 / (2 * (80 + 20));
    Quadrilateral q = box.corners(2, 3);
    assertThat(q.width()).isCloseTo(2 * (81 + 2 * distance), within(1e-9));
    assertThat(q.height()).isCloseTo(3 * (21 + 2 * distance), within(1e-9));
    assertThat(q.topLeft().x()).isCloseTo(2 * (40 - distance), within(1e-9));
  }

  @Test
  void touchingRectanglesAreOneAndSeparateOnesAreTwo() {
    float[] map = map();
    draw(map, 40, 40, 40, 10, 0, 1);
    draw(map, 100, 40, 40, 10, 0, 1);
    assertThat(GROWN.decode(map, SIZE, SIZE)).hasSize(2);
    draw(map, 70, 40, 30, 10, 0, 1);
    assertThat(GROWN.decode(map, SIZE, SIZE)).hasSize(1);
    float[] corner = map(); // the corners of two rectangles touch
    draw(corner, 30, 30, 20, 20, 0, 1);
    draw(corner, 51, 51, 20, 20, 0, 1);
    assertThat(new DbDecoder(0.3, 0.4, 1.5).decode(corner, SIZE, SIZE)).hasSize(1);
  }

  @Test
  void tinyAndEmptyMapsHaveNoBoxes() {
    assertThat(GROWN.decode(map(), SIZE, SIZE)).isEmpty();
    float[] map = map();
    draw(map, 40, 40, 60, 2, 0, 1); // three pixels high: its side, from center to center, is 2
    map[0] = 1;
    map[SIZE * SIZE - 1] = 1;
    draw(map, 100, 100, 50, 0, 0, 1);
    assertThat(GROWN.decode(map, SIZE, SIZE)).isEmpty();
    draw(map, 40, 40, 60, 4, 0, 1);
    assertThat(GROWN.decode(map, SIZE, SIZE)).hasSize(1);
    assertThat(PLAIN.decode(map, SIZE, SIZE)).as("below 5 after growth").isEmpty();
  }

  @Test
  void wholeMapIsOneBox() {
    float[] map = map();
    Arrays.fill(map, 0.8f);
    List<RotatedBox> boxes = PLAIN.decode(map, SIZE, SIZE);
    assertThat(boxes).hasSize(1);
    assertThat(boxes.get(0).corners(1, 1).width()).isCloseTo(SIZE, within(1e-9));
    Quadrilateral all = GROWN.decode(map, SIZE, SIZE).get(0).corners(1, 1).clipped(SIZE, SIZE);
    assertThat(all.topLeft()).isEqualTo(new Point(0, 0));
    assertThat(all.bottomRight()).isEqualTo(new Point(SIZE, SIZE));
  }

  @Test
  void thresholdsDecide() {
    float[] map = map();
    draw(map, 80, 80, 80, 20, 0, 0.5f);
    assertThat(GROWN.decode(map, SIZE, SIZE)).as("mean 0.5 < 0.6").isEmpty();
    assertThat(new DbDecoder(0.3, 0.5, 1.5).decode(map, SIZE, SIZE)).hasSize(1);
    assertThat(new DbDecoder(0.5, 0.5, 1.5).decode(map, SIZE, SIZE)).isEmpty();
  }

  @Test
  void nanAndInfinitiesAreNotText() {
    float[] map = map();
    Arrays.fill(map, Float.NaN);
    assertThat(GROWN.decode(map, SIZE, SIZE)).isEmpty();
    draw(map, 80, 80, 80, 20, 10, 1);
    map[80 * SIZE + 80] = Float.NaN;
    map[81 * SIZE + 80] = Float.POSITIVE_INFINITY;
    map[0] = Float.NEGATIVE_INFINITY;
    List<RotatedBox> boxes = GROWN.decode(map, SIZE, SIZE);
    assertThat(boxes).hasSize(1);
    assertThat(boxes.get(0).shorterSide()).isCloseTo(20 + 24, within(3.0));
    draw(map, 80, 80, 50, 20, 10, Float.NaN); // half of the box
    assertThat(GROWN.decode(map, SIZE, SIZE)).as("NaN counts as 0").hasSizeLessThan(3);
  }

  @Test
  void noiseEndsSoonAndGivesAtMostThousandBoxes() {
    int size = 960;
    float[] map = new float[size * size];
    for (int i = 0; i < map.length; i++) {
      map[i] = i % size % 7 < 6 && i / size % 7 < 6 ? 1 : 0; // 137 x 137 squares
    }
    assertThat(GROWN.decode(map, size, size)).hasSize(1000);
    Random random = new Random(1);
    for (int i = 0; i < map.length; i++) {
      map[i] = random.nextFloat();
    }
    assertThat(GROWN.decode(map, size, size)).hasSizeLessThanOrEqualTo(1000);
  }
}
