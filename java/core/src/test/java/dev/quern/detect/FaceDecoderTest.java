package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Decoders of faces, against the published formulas in double precision. The expected faces are
 * computed from the side of the image: for each cell, each anchor and each landmark in turn.
 */
class FaceDecoderTest {
  private static final Nms ALL = new Nms(-1, 1, 10_000, 10_000);

  private final Arena arena = new Arena();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private final Random random = new Random(7);

  @AfterEach
  void close() {
    arena.close();
  }

  /** A face as left, top, right, bottom, score, and x and y of its landmarks. */
  private record Face(double[] values) {}

  private float[] output(String name, int rows, int columns, double low, double high) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (low + (high - low) * random.nextDouble());
    }
    outputs.put(name, arena.tensor(Shape.of(1, rows, columns), values));
    return values;
  }

  private List<Detection> detections(BoxDecoder decoder, Size input) {
    DetectionTask task = new DetectionTask(decoder, List.of("face"), ALL);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    outputs.forEach((name, t) -> shapes.put(name, t.shape().sample()));
    task.requireFit(shapes);
    return task.detections(outputs, input).get(0);
  }

  private static void same(List<Detection> found, List<Face> expected) {
    assertThat(found).hasSameSizeAs(expected);
    List<Face> sorted = new ArrayList<>(expected);
    sorted.sort(Comparator.comparingDouble(f -> -f.values[4])); // stable, as the suppression is
    for (int i = 0; i < sorted.size(); i++) {
      Detection d = found.get(i);
      double[] v = sorted.get(i).values;
      assertThat(d.keyPoints()).hasSize((v.length - 5) / 2);
      List<Double> own = new ArrayList<>();
      own.addAll(List.of(d.box().left(), d.box().top(), d.box().right(), d.box().bottom()));
      own.add(d.score());
      d.keyPoints().forEach(p -> own.addAll(List.of(p.x(), p.y())));
      for (int k = 0; k < v.length; k++) {
        assertThat(own.get(k)).as("face %s, value %s", i, k).isCloseTo(v[k], within(1e-9));
      }
      assertThat(d.keyPoints()).extracting(KeyPoint::score).containsOnly(1.0);
      assertThat(d.label()).isEqualTo("face");
    }
  }

  /** The anchors of the short-range model as MediaPipe lists them: 2 of 16 x 16, 6 of 8 x 8. */
  @Test
  void blazeFace() {
    float[] logits = output("scores", 896, 1, -8, 8);
    float[] values = output("boxes", 896, 16, 1, 60);
    List<Face> expected = new ArrayList<>();
    int anchor = 0;
    for (int[] grid : new int[][] {{16, 2}, {8, 6}}) {
      for (int line = 0; line < grid[0]; line++) {
        for (int column = 0; column < grid[0]; column++) {
          for (int i = 0; i < grid[1]; i++) {
            double side = 128.0 / grid[0];
            double x = side * column + side / 2;
            double y = side * line + side / 2;
            expected.add(blazeFace(x, y, logits[anchor], values, 16 * anchor));
            anchor++;
          }
        }
      }
    }
    assertThat(anchor).isEqualTo(896);
    BlazeFace decoder = BlazeFace.shortRange(List.of("scores"), List.of("boxes"));
    same(detections(decoder, Size.of(128)), expected);
  }

  private static Face blazeFace(double x, double y, double logit, float[] v, int at) {
    double[] face = new double[17];
    face[0] = x + v[at] - v[at + 2] / 2.0;
    face[1] = y + v[at + 1] - v[at + 3] / 2.0;
    face[2] = x + v[at] + v[at + 2] / 2.0;
    face[3] = y + v[at + 1] + v[at + 3] / 2.0;
    face[4] = Math.exp(logit) / (1 + Math.exp(logit));
    for (int i = 4; i < 16; i += 2) {
      face[1 + i] = x + v[at + i];
      face[2 + i] = y + v[at + i + 1];
    }
    return new Face(face);
  }

  @Test
  void logitsOfBlazeFaceAreClipped() {
    outputs.put("s", arena.tensor(Shape.of(1, 2, 1), new float[] {-1e30f, 1e30f}));
    output("b", 2, 16, 1, 2);
    List<Detection> found =
        detections(
            new BlazeFace(List.of("s"), List.of("b"), new Size(2, 4), List.of(2), 1),
            new Size(2, 4));
    assertThat(found.get(0).score()).isEqualTo(1.0);
    assertThat(found.get(1).score()).isCloseTo(Math.exp(-100), within(1e-50));
  }

  /** As in models converted from TensorFlow: an output for each grid. */
  @Test
  void blazeFaceOfTwoOutputs() {
    float[] logits = output("scores", 896, 1, -9, 9);
    float[] values = output("boxes", 896, 16, 1, 60);
    List<Detection> whole =
        detections(BlazeFace.back(List.of("scores"), List.of("boxes")), Size.of(256));
    split("s", logits, 1);
    split("b", values, 16);
    List<String> scores = List.of("s0", "s1");
    List<String> boxes = List.of("b0", "b1");
    assertThat(detections(BlazeFace.back(scores, boxes), Size.of(256))).isEqualTo(whole);
    // the first anchor of the second grid, row 512, is the middle of a cell of 32
    double left = 16.0 + values[16 * 512] - values[16 * 512 + 2] / 2.0;
    assertThat(whole).anyMatch(d -> Math.abs(d.box().left() - left) < 1e-9);
    // an input of another size than that of the training: positions are scaled
    Detection half = detections(BlazeFace.back(scores, boxes), new Size(128, 512)).get(0);
    assertThat(half.box()).isEqualTo(whole.get(0).box().scaled(2, 0.5));
    KeyPoint p = whole.get(0).keyPoints().get(5);
    assertThat(half.keyPoints().get(5)).isEqualTo(new KeyPoint(2 * p.x(), p.y() / 2, 1));
  }

  private void split(String name, float[] values, int columns) {
    float[] first = Arrays.copyOf(values, 512 * columns);
    float[] second = Arrays.copyOfRange(values, 512 * columns, values.length);
    outputs.put(name + 0, arena.tensor(Shape.of(1, 512, columns), first));
    outputs.put(name + 1, arena.tensor(Shape.of(1, 384, columns), second));
  }

  @Test
  void anchorsOfOtherBlazeFaces() {
    // full range: 48 x 48 cells of 4, one anchor each; the last one is at (190, 190)
    output("scores", 2304, 1, -1, 1);
    float[] values = output("boxes", 2304, 16, 1, 2);
    List<Detection> full =
        detections(BlazeFace.fullRange(List.of("scores"), List.of("boxes")), Size.of(192));
    double right = 190.0 + values[2303 * 16 + 4 + 10];
    assertThat(full).hasSize(2304).anyMatch(d -> Math.abs(d.keyPoints().get(5).x() - right) < 1e-9);
    // an input of 5 x 3 (height, width), strides 2 and 4: grids of 3 x 2 and 2 x 1, whose cells
    // divide the input evenly; three anchors in each cell
    output("s", 24, 1, -1, 1);
    values = output("b", 24, 16, 1, 2);
    BlazeFace own = new BlazeFace(List.of("s"), List.of("b"), new Size(5, 3), List.of(2, 4), 3);
    List<Detection> found = detections(own, new Size(5, 3));
    assertThat(found).hasSize(24);
    int row = 17; // the last cell of the first grid
    double x = 3 * 0.75 + values[16 * row + 4];
    double y = 5 * (2.5 / 3) + values[16 * row + 5];
    assertThat(found)
        .anyMatch(
            d ->
                Math.abs(d.keyPoints().get(0).x() - x) < 1e-9
                    && Math.abs(d.keyPoints().get(0).y() - y) < 1e-9);
  }

  @Test
  void yuNet() {
    List<Face> expected = new ArrayList<>();
    for (int stride : new int[] {8, 16, 32}) {
      int lines = 64 / stride;
      int columns = 96 / stride;
      int count = lines * columns;
      float[] cls = output("cls_" + stride, count, 1, -0.2, 1.2);
      float[] obj = output("obj_" + stride, count, 1, -0.2, 1.2);
      float[] box = output("bbox_" + stride, count, 4, -1, 1.5);
      float[] kps = output("kps_" + stride, count, 10, -2, 2);
      for (int line = 0; line < lines; line++) {
        for (int column = 0; column < columns; column++) {
          int i = line * columns + column;
          double[] face = new double[15];
          double width = Math.exp(box[4 * i + 2]) * stride;
          double height = Math.exp(box[4 * i + 3]) * stride;
          face[0] = (column + (double) box[4 * i]) * stride - width / 2;
          face[1] = (line + (double) box[4 * i + 1]) * stride - height / 2;
          face[2] = face[0] + width;
          face[3] = face[1] + height;
          double c = cls[i] < 0 ? 0 : cls[i] > 1 ? 1 : cls[i];
          double o = obj[i] < 0 ? 0 : obj[i] > 1 ? 1 : obj[i];
          face[4] = Math.sqrt(c * o);
          for (int n = 0; n < 5; n++) {
            face[5 + 2 * n] = ((double) kps[10 * i + 2 * n] + column) * stride;
            face[6 + 2 * n] = ((double) kps[10 * i + 2 * n + 1] + line) * stride;
          }
          expected.add(new Face(face));
        }
      }
    }
    same(detections(new YuNet(), new Size(64, 96)), expected);
  }

  @Test
  void scrfd() {
    List<Face> expected = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String kind : List.of("score_", "bbox_", "kps_")) {
      for (int stride : new int[] {8, 16, 32}) {
        names.add(kind + stride);
      }
    }
    for (int stride : new int[] {8, 16, 32}) {
      int lines = 64 / stride;
      int columns = 32 / stride;
      int count = lines * columns * 2;
      float[] scores = output("score_" + stride, count, 1, 0, 1);
      float[] box = output("bbox_" + stride, count, 4, 0, 3);
      float[] kps = output("kps_" + stride, count, 10, -2, 2);
      int i = 0;
      for (int y = 0; y < 64; y += stride) {
        for (int x = 0; x < 32; x += stride) {
          for (int anchor = 0; anchor < 2; anchor++, i++) {
            double[] face = new double[15];
            face[0] = x - (double) box[4 * i] * stride;
            face[1] = y - (double) box[4 * i + 1] * stride;
            face[2] = x + (double) box[4 * i + 2] * stride;
            face[3] = y + (double) box[4 * i + 3] * stride;
            face[4] = scores[i];
            for (int k = 0; k < 10; k++) {
              face[5 + k] = (k % 2 == 0 ? x : y) + (double) kps[10 * i + k] * stride;
            }
            expected.add(new Face(face));
          }
        }
      }
      assertThat(i).isEqualTo(count);
    }
    same(detections(Scrfd.of(names), new Size(64, 32)), expected);
  }

  /** A landmark that is not finite drops the face, and so does a negative width. */
  @Test
  void facesThatAreNotFiniteAreDropped() {
    float nan = Float.NaN;
    outputs.put("s", arena.tensor(Shape.of(1, 4), new float[] {0.5f, 0.75f, 0.25f, 1}));
    float[] sides = {1, 1, 1, 1, 1, 1, -2, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    outputs.put("d", arena.tensor(Shape.of(1, 4, 4), sides));
    float[] points = new float[40];
    points[9] = nan;
    outputs.put("k", arena.tensor(Shape.of(1, 4, 10), points));
    Scrfd decoder = new Scrfd(List.of(new Scrfd.Level(4, "s", "d", "k")), 1);
    List<Detection> found = detections(decoder, Size.of(8));
    assertThat(found).extracting(Detection::score).containsExactly(1.0, 0.25);
    assertThat(found.get(0).box()).isEqualTo(new Box(0, 0, 8, 8));
    assertThat(found.get(1).box()).isEqualTo(new Box(-4, 0, 4, 8));
  }

  @Test
  void sizesOfDynamicInputsAreCheckedLater() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    new YuNet()
        .outputs()
        .forEach(
            o ->
                shapes.put(
                    o, Shape.of(Shape.FREE, o.startsWith("b") ? 4 : o.startsWith("k") ? 10 : 1)));
    new DetectionTask(new YuNet(), List.of("face")).requireFit(shapes);
    shapes.put("kps_16", Shape.of(Shape.FREE, 12));
    assertThatThrownBy(() -> new DetectionTask(new YuNet(), List.of()).requireFit(shapes))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: output kps_16 has shape 1x12, expected [1, 10]");
  }

  @Test
  void outputsOfOtherShapesAreNamed() {
    output("s", 8, 1, 0, 1);
    output("d", 8, 4, 0, 1);
    output("k", 8, 10, 0, 1);
    output("two", 8, 2, 0, 1);
    Scrfd scrfd = new Scrfd(List.of(new Scrfd.Level(8, "s", "d", "k")), 2);
    assertThat(detections(scrfd, Size.of(16))).hasSize(8);
    refuses(scrfd, Size.of(24), "detection: output d has shape 8x4, expected [18, 4]");
    Scrfd points = new Scrfd(List.of(new Scrfd.Level(8, "s", "d", "d")), 2);
    refuses(points, Size.of(16), "detection: output d has shape 8x4, expected [8, 10]");
    Scrfd sides = new Scrfd(List.of(new Scrfd.Level(8, "s", "k", "k")), 2);
    refuses(sides, Size.of(16), "detection: output k has shape 8x10, expected [N, 4]");
    Scrfd scores = new Scrfd(List.of(new Scrfd.Level(8, "two", "d", "k")), 2);
    refuses(scores, Size.of(16), "detection: output two has shape 8x2, expected [8, 1]");
    refuses(new YuNet(), Size.of(16), "unknown output bbox_8, found [s, d, k, two]");
    BlazeFace face = BlazeFace.shortRange(List.of("s"), List.of("d"));
    refuses(face, Size.of(128), "detection: output d has shape 8x4, expected [N, 16]");
    output("b", 896, 16, 0, 1);
    refuses(
        BlazeFace.shortRange(List.of("s", "s"), List.of("b")),
        Size.of(128),
        "detection: outputs [s, s] have 16 rows, expected 896 anchors");
    output("logits", 896, 1, 0, 1);
    refuses(
        BlazeFace.shortRange(List.of("logits"), List.of("b", "b")),
        Size.of(128),
        "detection: outputs [b, b] have 1792 rows, expected 896 anchors");
  }

  private void refuses(BoxDecoder decoder, Size input, String message) {
    assertThatThrownBy(() -> detections(decoder, input))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void argumentsOutsideTheirRangesAreRefused() {
    List<String> one = List.of("o");
    Size size = Size.of(8);
    List<Integer> strides = List.of(8);
    invalid(() -> new BlazeFace(List.of(), one, size, strides, 1), "the list of scores is empty");
    invalid(() -> new BlazeFace(one, List.of(), size, strides, 1), "the list of boxes is empty");
    invalid(() -> new BlazeFace(one, one, size, List.of(), 1), "the list of strides is empty");
    invalid(() -> new BlazeFace(one, one, size, List.of(8, 0), 1), "stride 0 must be at least 1");
    for (int k : new int[] {Integer.MIN_VALUE, 0, 101, Integer.MAX_VALUE}) {
      invalid(
          () -> new BlazeFace(one, one, size, strides, k),
          "blazeface: anchors " + k + " is outside [1, 100]");
      invalid(() -> new Scrfd(List.of(), k), "scrfd: the list of levels is empty");
      List<Scrfd.Level> levels = List.of(new Scrfd.Level(8, "s", "d", "k"));
      invalid(() -> new Scrfd(levels, k), "scrfd: anchors " + k + " is outside [1, 100]");
    }
    for (Size wrong : List.of(new Size(0, 8), new Size(8, -1), new Size(4097, 8))) {
      invalid(
          () -> new BlazeFace(one, one, wrong, strides, 1),
          "blazeface: input " + wrong + " must have sides from 1 to 4096");
    }
    invalid(
        () -> new BlazeFace(one, one, Size.of(4096), List.of(1), 1),
        "blazeface: 16777216 anchors, expected at most 10000000");
    invalid(() -> new YuNet(List.of()), "yunet: the list of levels is empty");
    invalid(() -> new YuNet.Level(0, "a", "b", "c", "d"), "yunet: stride 0 must be at least 1");
    invalid(() -> new Scrfd.Level(-1, "a", "b", "c"), "scrfd: stride -1 must be at least 1");
    invalid(() -> Scrfd.of(one), "scrfd: found 1 outputs, expected 9: scores, distances");
  }

  private static void invalid(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }
}
