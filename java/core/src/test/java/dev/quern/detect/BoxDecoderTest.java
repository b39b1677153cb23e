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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoxDecoderTest {
  private static final Size INPUT = new Size(100, 200);
  private static final Nms ALL = new Nms(0.1, 1, 1000, 100);

  private final Arena arena = new Arena();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();

  @AfterEach
  void close() {
    arena.close();
  }

  private void output(String name, Shape shape, double... values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) values[i];
    }
    outputs.put(name, arena.tensor(shape, all));
  }

  private List<Detection> detections(BoxDecoder decoder) {
    DetectionTask task = new DetectionTask(decoder, List.of(), ALL);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    outputs.forEach((name, t) -> shapes.put(name, t.shape().sample()));
    task.requireFit(shapes);
    return task.detections(outputs, INPUT).get(0);
  }

  private static void same(Detection d, double l, double t, double r, double b, double score) {
    assertThat(d.box().left()).isCloseTo(l, within(1e-4));
    assertThat(d.box().top()).isCloseTo(t, within(1e-4));
    assertThat(d.box().right()).isCloseTo(r, within(1e-4));
    assertThat(d.box().bottom()).isCloseTo(b, within(1e-4));
    assertThat(d.score()).isCloseTo(score, within(1e-6));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void decodedBoxes() {
    output("scores", Shape.of(1, 2, 3), 0.2, 0.5, 0.3, 0.05, 0.05, 0.9);
    output("boxes", Shape.of(1, 2, 4), 0.1, 0.2, 0.3, 0.4, 0, 0, 0.5, 1);
    List<Detection> found = detections(new DecodedBoxes("scores", "boxes", 0));
    assertThat(found).hasSize(3);
    same(found.get(0), 0, 0, 100, 100, 0.9);
    same(found.get(1), 20, 20, 60, 40, 0.5);
    same(found.get(2), 20, 20, 60, 40, 0.3);
    assertThat(found.stream().map(Detection::classIndex)).containsExactly(2, 1, 2);
    assertThat(found.get(0).label()).isEqualTo("2");
    assertThat(detections(new DecodedBoxes("scores", "boxes", BoxDecoder.NO_BACKGROUND)))
        .hasSize(4);
  }

  @Test
  void decodedBoxesOfOtherForms() {
    output("scores", Shape.of(1, 1, 3, 2), 1, 3, 2, 2, 0, 2); // [C, N], after two axes of 1
    output("boxes", Shape.of(1, 4, 2), 10, 20, 30, 40, 5, 6, 8, 9);
    List<Detection> found =
        detections(
            new DecodedBoxes(
                "scores",
                "boxes",
                DecodedBoxes.Form.CENTER_SIZE,
                false,
                BoxDecoder.Scores.SOFTMAX,
                BoxDecoder.NO_BACKGROUND));
    same(found.get(0), 7.5, 26, 12.5, 34, Math.exp(2) / (Math.exp(1) + Math.exp(2) + 1));
    assertThat(found.get(0).classIndex()).isEqualTo(1);
    same(found.get(1), 17, 35.5, 23, 44.5, Math.exp(3) / (Math.exp(3) + 2 * Math.exp(2)));
  }

  /** As DETR: the last class is "no object", and equal boxes are different objects. */
  @Test
  void queriesWithoutSuppression() {
    output("logits", Shape.of(1, 3, 3), 4, 0, 0, 4, 0, 0, 0, 0, 5);
    output("pred_boxes", Shape.of(1, 3, 4), 0.5, 0.5, 0.2, 0.1, 0.5, 0.5, 0.2, 0.1, 0, 0, 1, 1);
    List<Detection> found =
        detections(
            new DecodedBoxes(
                "logits",
                "pred_boxes",
                DecodedBoxes.Form.CENTER_SIZE,
                true,
                BoxDecoder.Scores.SOFTMAX,
                2));
    assertThat(found).hasSize(2).allMatch(d -> d.classIndex() == 0);
    found.forEach(d -> same(d, 80, 45, 120, 55, Math.exp(4) / (Math.exp(4) + 2)));
  }

  @Test
  void topComesFirst() {
    output("scores", Shape.of(1, 1), 2); // [N]
    output("boxes", Shape.of(1, 1, 4), 0.1, 0.2, 0.3, 0.4);
    List<Detection> found =
        detections(
            new DecodedBoxes(
                "scores",
                "boxes",
                DecodedBoxes.Form.TOP_LEFT_BOTTOM_RIGHT,
                true,
                BoxDecoder.Scores.SIGMOID,
                BoxDecoder.NO_BACKGROUND));
    same(found.get(0), 40, 10, 80, 30, sigmoid(2));
  }

  @Test
  void ssdBoxes() {
    output("scores", Shape.of(1, 2, 2), 0, 1, 3, 0);
    output("offsets", Shape.of(1, 2, 4), 1, -2, 0.5, -1, 0, 0, 0, 0);
    List<Box> priors = List.of(Box.centered(0.5, 0.5, 0.2, 0.4), Box.centered(0.1, 0.1, 0.1, 0.1));
    List<Detection> found = detections(new SsdBoxes("scores", "offsets", priors));
    double width = 0.2 * Math.exp(0.1) * 200;
    double height = 0.4 * Math.exp(-0.2) * 100;
    double x = (0.5 + 0.1 * 0.2) * 200;
    double y = (0.5 - 0.1 * 2 * 0.4) * 100;
    assertThat(found).hasSize(1);
    same(found.get(0), x - width / 2, y - height / 2, x + width / 2, y + height / 2, sigmoid(1));
    assertThat(found.get(0).classIndex()).isEqualTo(1);
  }

  @Test
  void yoloRows() {
    output("out", Shape.of(1, 2, 7), 50, 40, 20, 10, 0.5, 0.6, 0.9, 1, 1, 2, 2, 0.1, 0.9, 0.9);
    List<Detection> found = detections(YoloRows.v5("out"));
    assertThat(found).hasSize(2);
    same(found.get(0), 40, 35, 60, 45, 0.45);
    same(found.get(1), 40, 35, 60, 45, 0.3);
    outputs.clear();
    // two rows of two classes, values by column
    output("out", Shape.of(1, 6, 2), 50, 1, 40, 1, 20, 2, 10, 2, 0.6, 0.05, 0.9, 0.05);
    found = detections(YoloRows.v8("out"));
    assertThat(found).hasSize(2);
    same(found.get(0), 40, 35, 60, 45, 0.9);
    assertThat(found.get(1).classIndex()).isZero();
  }

  @Test
  void yoloPose() {
    // two columns of one class and two key points; the second has a key point that is not finite
    double nan = Double.NaN;
    double inf = Double.POSITIVE_INFINITY;
    output(
        "out",
        Shape.of(1, 11, 2),
        new double[] {
          50, 50, 40, 40, 20, 20, 10, 10, 0.75, 0.875, 45, 1, 38, 2, 0.25, 1, -300, nan, 42, 4, 1, 1
        });
    YoloPose decoder = new YoloPose("out", 2);
    List<Detection> found = detections(decoder);
    assertThat(found).hasSize(1);
    same(found.get(0), 40, 35, 60, 45, 0.75);
    assertThat(found.get(0).keyPoints())
        .containsExactly(new KeyPoint(45, 38, 0.25), new KeyPoint(-300, 42, 1));
    // the same numbers without visibility: three classes, two key points
    found = detections(new YoloPose("out", 2, false));
    assertThat(found.get(0).keyPoints()).extracting(KeyPoint::score).containsOnly(1.0);
    assertThat(found.get(0).keyPoints().get(0)).isEqualTo(new KeyPoint(0.25, -300, 1));
    output("out", Shape.of(1, 5, 1), 1, 1, 1, 1, inf);
    assertThatThrownBy(() -> detections(decoder))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: output out has shape 5x1, expected [4 + C + 6, N]");
    for (int k : new int[] {-1, 0, 10_001, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> new YoloPose("out", k))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("yolo pose: key points " + k + " is outside [1, 10000]");
    }
    assertThatThrownBy(() -> new KeyPoint(1, nan, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("key point: x 1.0, y NaN, score 0.0 must be finite");
  }

  @Test
  void yoloHeads() {
    // two anchors, one class, 1 x 2 cells; only anchor 1 at cell (x 1, y 0) finds something
    double[] planes = new double[2 * 6 * 2];
    Arrays.fill(planes, -20);
    double[] values = {0.5, -0.5, 0.25, 0.75, 2, 1};
    for (int i = 0; i < 6; i++) {
      planes[(6 + i) * 2 + 1] = values[i];
    }
    output("head", Shape.of(1, 12, 1, 2), planes);
    List<YoloHeads.Anchor> anchors =
        List.of(new YoloHeads.Anchor(10, 20), new YoloHeads.Anchor(30, 16));
    List<YoloHeads.Head> heads = List.of(new YoloHeads.Head("head", 32, anchors));
    double x = 32 * (1 + sigmoid(0.5));
    double y = 32 * sigmoid(-0.5);
    double w = 30 * Math.exp(0.25);
    double h = 16 * Math.exp(0.75);
    List<Detection> v3 = detections(new YoloHeads(heads, YoloHeads.Version.V3, false));
    assertThat(v3).hasSize(1);
    same(v3.get(0), x - w / 2, y - h / 2, x + w / 2, y + h / 2, sigmoid(2) * sigmoid(1));
    x = 32 * (0.5 + 2 * sigmoid(0.5));
    y = 32 * (-0.5 + 2 * sigmoid(-0.5));
    w = 30 * Math.pow(2 * sigmoid(0.25), 2);
    h = 16 * Math.pow(2 * sigmoid(0.75), 2);
    List<Detection> v5 = detections(new YoloHeads(heads, YoloHeads.Version.V5, false));
    same(v5.get(0), x - w / 2, y - h / 2, x + w / 2, y + h / 2, sigmoid(2) * sigmoid(1));
    // the same with values last
    double[] last = new double[planes.length];
    for (int a = 0; a < 2; a++) {
      for (int v = 0; v < 6; v++) {
        for (int cell = 0; cell < 2; cell++) {
          last[(a * 2 + cell) * 6 + v] = planes[(a * 6 + v) * 2 + cell];
        }
      }
    }
    output("head", Shape.of(1, 2, 1, 2, 6), last);
    assertThat(detections(new YoloHeads(heads, YoloHeads.Version.V5, true))).isEqualTo(v5);
  }

  @Test
  void pointBoxes() {
    // two classes; a cell of 8 at (x 1, y 1) of 2 x 2
    double[] planes = new double[6 * 4];
    Arrays.fill(planes, -20);
    double[] values = {-20, 1.5, 0, Math.log(2), Math.log(0.5), Math.log(3)};
    for (int i = 0; i < 6; i++) {
      planes[4 * i + 3] = values[i];
    }
    output("head", Shape.of(1, 6, 2, 2), planes);
    List<Detection> found = detections(PointBoxes.of("head", 8));
    assertThat(found).hasSize(1);
    same(found.get(0), 12 - 8, 12 - 16, 12 + 4, 12 + 24, sigmoid(1.5));
    assertThat(found.get(0).classIndex()).isEqualTo(1);
  }

  @Test
  void pointBoxesOfSeveralLevelsWithCenterness() {
    output("c1", Shape.of(1, 1, 1, 2), -20, 1);
    output("d1", Shape.of(1, 4, 1, 2), 0, 1, 0, 2, 0, 3, 0, -1);
    output("n1", Shape.of(1, 1, 1, 2), 0, 2);
    output("c2", Shape.of(1, 1, 1, 1), 3);
    output("d2", Shape.of(1, 4, 1, 1), 0.5, 0.25, 0.5, 0.25);
    output("n2", Shape.of(1, 1, 1, 1), -1);
    PointBoxes decoder =
        new PointBoxes(
            List.of(
                new PointBoxes.Level(8, List.of("c1", "d1", "n1")),
                new PointBoxes.Level(16, List.of("c2", "d2", "n2"))),
            true,
            false,
            BoxDecoder.Scores.SIGMOID);
    List<Detection> found = detections(decoder);
    assertThat(found).hasSize(2);
    same(found.get(0), 4, -12, 36, 4, Math.sqrt(sigmoid(1) * sigmoid(2))); // -1 is 0
    same(found.get(1), 0, 4, 16, 12, Math.sqrt(sigmoid(3) * sigmoid(-1)));
  }

  @Test
  void whatIsNotFiniteIsDropped() {
    double nan = Double.NaN;
    output("scores", Shape.of(1, 4, 1), nan, 0.9, 0.8, 0.7);
    output("boxes", Shape.of(1, 4, 4), 0, 0, 1, 1, nan, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1);
    List<Detection> found = detections(new DecodedBoxes("scores", "boxes", -1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).score()).isCloseTo(0.7, within(1e-6));
  }

  @Test
  void eachPictureOfABatch() {
    output("scores", Shape.of(2, 1, 1), 0.9, 0.8);
    output("boxes", Shape.of(2, 1, 4), 0, 0, 1, 1, 0, 0, 0.5, 0.5);
    DetectionTask task =
        new DetectionTask(new DecodedBoxes("scores", "boxes", -1), List.of("face"));
    List<List<Detection>> all = task.detections(outputs, INPUT);
    assertThat(all).hasSize(2);
    assertThat(all.get(1).get(0).box()).isEqualTo(new Box(0, 0, 100, 50));
    assertThat(all.get(1).get(0).label()).isEqualTo("face");
    output("scores", Shape.of(0, 1, 1));
    output("boxes", Shape.of(0, 1, 4));
    assertThat(task.detections(outputs, INPUT)).isEmpty();
  }

  @Test
  void outputsOfOtherShapesAreNamed() {
    output("scores", Shape.of(1, 5, 2), new double[10]);
    output("boxes", Shape.of(1, 4, 3), new double[12]);
    assertThatThrownBy(() -> detections(new DecodedBoxes("scores", "boxes", -1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: output scores has shape 5x2, expected [N, C] or [C, N] with N = 3");
    assertThatThrownBy(() -> detections(new DecodedBoxes("boxes", "scores", -1)))
        .hasMessage("detection: output scores has shape 5x2, expected [N, 4] or [4, N]");
    assertThatThrownBy(() -> detections(new DecodedBoxes("x", "boxes", -1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("detection: unknown output x, found [scores, boxes]");
    assertThatThrownBy(() -> detections(YoloRows.v5("scores")))
        .hasMessage("detection: output scores has shape 5x2, expected [N, 5 + C]");
    assertThatThrownBy(() -> detections(PointBoxes.of("scores", 8)))
        .hasMessage("detection: output scores has shape 5x2, expected [channels, H, W]");
    assertThatThrownBy(() -> detections(new SsdBoxes("boxes", "boxes", List.of())))
        .hasMessage("detection: output boxes of shape 4x3 does not fit 0 priors");
    output("scores", Shape.of(1, 3, 2), new double[6]);
    assertThatThrownBy(() -> detections(new DecodedBoxes("scores", "boxes", 2)))
        .hasMessageContaining("has shape 3x2, expected scores that include background class 2");
    DetectionTask named =
        new DetectionTask(new DecodedBoxes("scores", "boxes", 0), List.of("a", "b", "c"));
    assertThatThrownBy(() -> named.detections(outputs, INPUT))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: 3 class names do not fit the 2 classes of outputs [scores, boxes]");
  }
}
