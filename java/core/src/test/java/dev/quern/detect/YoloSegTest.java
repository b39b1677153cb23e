package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Placement;
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

/** Masks of YOLO-seg, against a slow computation of whole images. */
class YoloSegTest {
  private static final int CLASSES = 2;
  private static final int MASKS = 3;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private static DetectionTask task(Nms nms) {
    return new DetectionTask(new YoloSeg("out", "protos"), List.of(), nms);
  }

  /** PyTorch's bilinear interpolation without aligned corners, from the text of its formula. */
  private static double[][] interpolated(double[][] in, int height, int width) {
    double[][] out = new double[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sy = Math.max(0, (y + 0.5) * in.length / height - 0.5);
        double sx = Math.max(0, (x + 0.5) * in[0].length / width - 0.5);
        out[y][x] = between(in, sy, sx);
      }
    }
    return out;
  }

  private static double between(double[][] in, double y, double x) {
    int y0 = (int) Math.floor(y);
    int x0 = (int) Math.floor(x);
    int y1 = Math.min(y0 + 1, in.length - 1);
    int x1 = Math.min(x0 + 1, in[0].length - 1);
    double fy = y - y0;
    double fx = x - x0;
    return (1 - fy) * ((1 - fx) * in[y0][x0] + fx * in[y0][x1])
        + fy * ((1 - fx) * in[y1][x0] + fx * in[y1][x1]);
  }

  /** The probabilities of a mask in the network's input, as process_mask computes them. */
  private static double[][] processMask(
      double[] coefficients, float[] prototypes, Size grid, Box box, Size input) {
    double[][] cells = new double[grid.height()][grid.width()];
    for (int y = 0; y < grid.height(); y++) {
      for (int x = 0; x < grid.width(); x++) {
        double sum = 0;
        for (int m = 0; m < coefficients.length; m++) {
          sum += coefficients[m] * prototypes[(m * grid.height() + y) * grid.width() + x];
        }
        double across = (double) grid.width() / input.width();
        double down = (double) grid.height() / input.height();
        boolean inside =
            x >= box.left() * across
                && x < box.right() * across
                && y >= box.top() * down
                && y < box.bottom() * down;
        cells[y][x] = inside ? 1 / (1 + Math.exp(-sum)) : 0;
      }
    }
    return interpolated(cells, input.height(), input.width());
  }

  private static double inImage(double[][] input, Placement placed, int y, int x) {
    Placement.Axis down = placed.down();
    Placement.Axis across = placed.across();
    double sy = (y + 0.5) * down.scaled() / down.from() - down.offset();
    double sx = (x + 0.5) * across.scaled() / across.from() - across.offset();
    if (sy < 0 || sy > down.to() || sx < 0 || sx > across.to()) {
      return 0;
    }
    return between(
        input,
        Math.min(Math.max(0, sy - 0.5), down.to() - 1),
        Math.min(Math.max(0, sx - 0.5), across.to() - 1));
  }

  private static Placement.Axis axis(Random random, int to) {
    int from = 1 + random.nextInt(90);
    long scaled = random.nextInt(3) == 0 ? to : 1 + random.nextInt(2 * to);
    return new Placement.Axis(from, scaled, Math.round((scaled - to) / 2.0), to);
  }

  /** One candidate, with its outputs as the network gives them. */
  private record Case(Size input, Size grid, float[] out, float[] prototypes) {
    static Case random(Random random) {
      Size grid = new Size(1 + random.nextInt(10), 1 + random.nextInt(12));
      int stride = 1 + random.nextInt(5);
      Size input =
          random.nextBoolean()
              ? new Size(stride * grid.height(), stride * grid.width())
              : new Size(1 + random.nextInt(40), 1 + random.nextInt(40));
      float[] out = new float[4 + CLASSES + MASKS];
      out[0] = input.width() * random.nextFloat();
      out[1] = input.height() * random.nextFloat();
      out[2] = 1.5f * input.width() * random.nextFloat();
      out[3] = 1.5f * input.height() * random.nextFloat();
      out[4 + random.nextInt(CLASSES)] = 0.75f;
      for (int m = 0; m < MASKS; m++) {
        out[4 + CLASSES + m] = (float) random.nextGaussian();
      }
      float[] prototypes = new float[MASKS * grid.height() * grid.width()];
      for (int i = 0; i < prototypes.length; i++) {
        prototypes[i] = (float) (1 + 3 * random.nextGaussian());
      }
      return new Case(input, grid, out, prototypes);
    }

    Map<String, Tensor> tensors(Arena arena) {
      return Map.of(
          "out",
          arena.tensor(Shape.of(1, out.length, 1), out),
          "protos",
          arena.tensor(Shape.of(1, MASKS, grid.height(), grid.width()), prototypes));
    }

    double[][] slow(Box box) {
      double[] coefficients = new double[MASKS];
      for (int m = 0; m < MASKS; m++) {
        coefficients[m] = out[4 + CLASSES + m];
      }
      return processMask(coefficients, prototypes, grid, box, input);
    }
  }

  @Test
  void agreesWithTheSlowComputation() {
    Random random = new Random(3);
    int area = 0;
    for (int i = 0; i < 300; i++) {
      Case c = Case.random(random);
      Map<String, Tensor> outputs = c.tensors(arena);
      Detection plain = task(new Nms()).detections(outputs, c.input).get(0).get(0);
      double[][] slow = c.slow(plain.box());
      for (int y = 0; y < c.input.height(); y++) {
        for (int x = 0; x < c.input.width(); x++) {
          if (Math.abs(slow[y][x] - 0.5) > 1e-9) {
            assertThat(plain.mask().contains(x, y)).isEqualTo(slow[y][x] > 0.5);
          }
        }
      }
      Placement placed =
          new Placement(axis(random, c.input.height()), axis(random, c.input.width()));
      List<Detection> found = task(new Nms()).detections(outputs, List.of(placed)).get(0);
      for (Detection d : found) {
        for (int y = 0; y < placed.down().from(); y++) {
          for (int x = 0; x < placed.across().from(); x++) {
            double p = inImage(slow, placed, y, x);
            if (Math.abs(p - 0.5) > 1e-9) {
              assertThat(d.mask().contains(x, y)).isEqualTo(p > 0.5);
            }
          }
        }
        assertThat(d.mask().left() + d.mask().width()).isLessThanOrEqualTo(placed.across().from());
        assertThat(d.mask().top() + d.mask().height()).isLessThanOrEqualTo(placed.down().from());
        area += d.mask().area();
      }
    }
    assertThat(area).isGreaterThan(50_000);
  }

  /** The left half of an 8 x 8 input is an object, the box is all of it; an image of 4 x 16. */
  @Test
  void masksAreInPixelsOfTheImage() {
    float[] out = {4, 4, 8, 8, 0.75f, 1, 0};
    float[] prototypes = {9, -9, 9, -9, 0, 0, 0, 0};
    Map<String, Tensor> outputs =
        Map.of(
            "out",
            arena.tensor(Shape.of(1, 7, 1), out),
            "protos",
            arena.tensor(Shape.of(1, 2, 2, 2), prototypes));
    Detection inInput = task(new Nms()).detections(outputs, Size.of(8)).get(0).get(0);
    assertThat(inInput.mask().box()).isEqualTo(new Box(0, 0, 4, 8));
    assertThat(inInput.mask().area()).isEqualTo(32);
    Placement placed =
        new Placement(new Placement.Axis(4, 8, 0, 8), new Placement.Axis(16, 8, 0, 8));
    Detection inImage = task(new Nms()).detections(outputs, List.of(placed)).get(0).get(0);
    assertThat(inImage.box()).isEqualTo(new Box(0, 0, 16, 4));
    assertThat(inImage.mask().box()).isEqualTo(new Box(0, 0, 8, 4));
    assertThat(inImage.mask().area()).isEqualTo(32);
  }

  /** Two candidates of one object and one of another; the masks belong to those that are kept. */
  @Test
  void masksAreThoseOfTheKeptBoxes() {
    float[] columns = {
      2, 2, 6, 2, 2, 6, 4, 4, 4, 4, 4, 4, 0.6f, 0.7f, 0.8f, -1, 1, 0, 0, 0, 1,
    };
    float[] prototypes = {9, 9, 9, 9, 9, -9, -9, 9};
    Map<String, Tensor> outputs =
        Map.of(
            "out",
            arena.tensor(Shape.of(1, 7, 3), columns),
            "protos",
            arena.tensor(Shape.of(1, 2, 2, 2), prototypes));
    List<Detection> found = task(new Nms()).detections(outputs, Size.of(8)).get(0);
    assertThat(found).extracting(Detection::score).containsExactly((double) 0.8f, (double) 0.7f);
    assertThat(found.get(0).mask().area()).isEqualTo(15); // the bottom right quarter
    assertThat(found.get(0).mask().contains(4, 5)).isTrue();
    assertThat(found.get(0).mask().contains(4, 4)).isFalse(); // 0.625 * 0.625 of the cell
    assertThat(found.get(1).mask().area()).isEqualTo(15); // the top left quarter
    assertThat(found.get(1).mask().contains(3, 2)).isTrue();
    assertThat(found.get(1).mask().contains(3, 3)).isFalse();
  }

  @Test
  void noMaskFromValuesThatAreNoNumbers() {
    float[] out = {4, 4, 8, 8, 0.75f, 1, Float.NaN};
    Map<String, Tensor> outputs =
        Map.of(
            "out",
            arena.tensor(Shape.of(1, 7, 1), out),
            "protos",
            arena.tensor(Shape.of(1, 2, 1, 1), new float[2]));
    Detection found = task(new Nms()).detections(outputs, Size.of(8)).get(0).get(0);
    assertThat(found.mask()).isEqualTo(Mask.of(0, 0, 0, 0));
  }

  @Test
  void shapesThatDoNotFit() {
    Map<String, Shape> shapes = Map.of("out", Shape.of(7, 9), "protos", Shape.of(3, 2, 2));
    assertThatThrownBy(() -> task(new Nms()).requireFit(shapes))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: output out has shape 7x9, expected [4 + C + 3, N]");
    task(new Nms()).requireFit(Map.of("out", Shape.of(7, 9), "protos", Shape.of(2, 2, 2)));
    assertThatThrownBy(
            () -> task(new Nms()).requireFit(Map.of("out", Shape.of(7, 9), "protos", Shape.of(2))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: output protos has shape 2, expected [M, H, W]");
    assertThatThrownBy(() -> task(new Nms()).requireFit(Map.of("out", Shape.of(7, 9))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("detection: unknown output protos");
  }

  @Test
  void placementsThatDoNotFit() {
    float[] out = {0.5f, 0.5f, 1, 1, 0.75f, 1};
    Map<String, Tensor> outputs =
        Map.of(
            "out",
            arena.tensor(Shape.of(1, 6, 1), out),
            "protos",
            arena.tensor(Shape.of(1, 1, 1, 1), new float[] {1}));
    DetectionTask task = task(new Nms());
    assertThatThrownBy(() -> task.detections(outputs, List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("detection: 0 placements do not fit a batch of size 1");
    Placement.Axis axis = new Placement.Axis(Integer.MAX_VALUE, 1, 0, 1);
    assertThatThrownBy(() -> task.detections(outputs, List.of(new Placement(axis, axis))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("do not fit in a Java array");
  }
}
