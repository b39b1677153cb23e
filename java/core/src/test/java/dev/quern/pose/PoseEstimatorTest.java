package dev.quern.pose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.pose.HeatMapPose.Refinement;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoseEstimatorTest {
  private static final HeatMapPose MAPS = new HeatMapPose("maps");

  /** Three maps of half the size: the means of red, green and blue over 2 x 2 pixels. */
  private static ModelData colors(Shape input) {
    Network network = Network.builder("colors", input).add("maps", new AvgPool2d(2)).build();
    return new ModelData(network, Map.of(), Map.of(), Map.of());
  }

  /** A black image with a red, a green and a blue square of 8 x 8 pixels at these positions. */
  private static Image squares(int height, int width, int... corners) {
    byte[] pixels = new byte[3 * height * width];
    for (int i = 0; i < corners.length; i += 2) {
      int c = i / 2 % 3;
      for (int k = 0; k < 64; k++) {
        int x = corners[i] + k % 8;
        int y = corners[i + 1] + k / 8;
        pixels[(c * height + y) * width + x] = (byte) 255;
      }
    }
    return Image.of(Shape.of(3, height, width), pixels);
  }

  private static void isAt(KeyPoint point, double x, double y, double score) {
    assertThat(point.x()).isCloseTo(x, within(1e-9));
    assertThat(point.y()).isCloseTo(y, within(1e-9));
    assertThat(point.score()).isCloseTo(score, within(1e-6));
  }

  /** The crop has a pixel of the input for 4 x 4 pixels: each square is one cell of the map. */
  @Test
  void keyPointsAreInPixelsOfTheImage() {
    Image image = squares(200, 160, 40, 60, 64, 84, 80, 44);
    try (Model model = Model.of(colors(Shape.of(3, 20, 16)))) {
      PoseEstimator poses = new PoseEstimator(model, MAPS, 1);
      Box box = new Box(32, 36, 96, 116); // 64 x 80 pixels, 16 x 20 of the input
      List<KeyPoint> points = poses.estimate(image, box);
      assertThat(points).hasSize(3);
      // the cell's neighbors are equal, so there is no shift
      isAt(points.get(0), 40, 60, 1);
      isAt(points.get(1), 64, 84, 1);
      isAt(points.get(2), 80, 44, 1);
      // a box that is enlarged to the same region
      isAt(
          new PoseEstimator(model, MAPS).estimate(image, Box.centered(64, 76, 51.2, 64)).get(1),
          64,
          84,
          1);
      isAt(
          new PoseEstimator(model, MAPS).estimate(image, Box.centered(64, 76, 9, 64)).get(1),
          64,
          84,
          1);
    }
  }

  /** The preprocessing's channels and normalization apply, its fit and crop do not. */
  @Test
  void preprocessingIsTheModels() {
    Image image = squares(200, 160, 40, 60, 64, 84, 80, 44);
    Preprocessing how =
        Preprocessing.imagenet()
            .channels(Preprocessing.Channels.BGR)
            .normalization(new Normalization(new float[] {0.5f, 0, 0}, new float[] {2, 1, 0.5f}));
    try (Model model = Model.of(colors(Shape.of(3, 20, 16)).withPreprocessing(how))) {
      List<KeyPoint> points =
          new PoseEstimator(model, MAPS, 1).estimate(image, new Box(32, 36, 96, 116));
      isAt(points.get(0), 80, 44, 0.25); // blue
      isAt(points.get(1), 64, 84, 1);
      isAt(points.get(2), 40, 60, 2); // red
    }
  }

  @Test
  void dynamicInputsTakeThePreprocessingsSize() {
    Image image = squares(200, 160, 40, 60, 64, 84, 80, 44);
    ModelData data = colors(Shape.of(3, Shape.FREE, Shape.FREE));
    Preprocessing own = data.preprocessing().get(Network.INPUT);
    try (Model model = Model.of(data.withPreprocessing(own.size(new Size(20, 16))))) {
      PoseEstimator poses = new PoseEstimator(model, MAPS, 1);
      isAt(poses.estimate(image, new Box(32, 36, 96, 116)).get(1), 64, 84, 1);
    }
    try (Model model = Model.of(data)) {
      assertThatThrownBy(() -> new PoseEstimator(model, MAPS))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("has a dynamic size, which the preprocessing must set");
    }
  }

  /** More boxes than a batch has, each with its own result. */
  @Test
  void boxesInBatches() {
    Image image = squares(200, 160, 40, 60, 64, 84, 80, 44);
    try (Model model = Model.of(colors(Shape.of(3, 20, 16)))) {
      PoseEstimator poses = new PoseEstimator(model, MAPS);
      List<Box> boxes =
          IntStream.range(0, 150).mapToObj(i -> new Box(i, i / 2.0, i + 40, i + 70)).toList();
      List<List<KeyPoint>> all = poses.estimate(image, boxes);
      assertThat(all).hasSize(150);
      for (int i = 0; i < 150; i += 7) {
        assertThat(all.get(i)).isEqualTo(poses.estimate(image, boxes.get(i)));
      }
      assertThat(all.get(0)).isNotEqualTo(all.get(100));
      assertThat(poses.estimate(image, List.of())).isEmpty();
      List<Detection> found = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        found.add(new Detection(boxes.get(i), i, "d" + i, 0.5));
      }
      assertThat(poses.withKeyPoints(image, found))
          .containsExactly(
              found.get(0).keyPoints(all.get(0)),
              found.get(1).keyPoints(all.get(1)),
              found.get(2).keyPoints(all.get(2)));
    }
  }

  /** Aligned corners: a cell of the map is at a pixel of the image. */
  @Test
  void udpAlignsCorners() {
    Network network =
        Network.builder("identity", Shape.of(1, 9, 9)).add("maps", new Conv2d(1, 1)).build();
    Map<String, float[]> weights =
        Map.of("maps.weight", new float[] {1}, "maps.bias", new float[1]);
    ModelData data = new ModelData(network, weights, Map.of(), Map.of());
    byte[] pixels = new byte[40 * 40];
    pixels[20 * 40 + 15] = (byte) 255;
    Image image = Image.of(Shape.of(1, 40, 40), pixels);
    try (Model model = Model.of(data)) {
      Box box = new Box(3, 8, 35, 40); // every fourth pixel from 3 or 8 to 35 or 40
      HeatMapPose udp = new HeatMapPose("maps", Refinement.UDP);
      KeyPoint point = new PoseEstimator(model, udp, 1).estimate(image, box).get(0);
      assertThat(point.x()).isCloseTo(15, within(1e-6));
      assertThat(point.y()).isCloseTo(20, within(1e-6));
    }
  }

  /**
   * A network for inputs of 4 x 6 pixels with constant outputs, except for a value of the second
   * key point, which overflows for a white image.
   */
  private static ModelData simCc(float[] x, float[] y) {
    Network network =
        Network.builder("simcc", Shape.of(3, 4, 6))
            .add("flat", new Flatten())
            .add("lx", new Linear(x.length), "flat")
            .add("x", new Reshape(x.length / 12, 12))
            .add("ly", new Linear(y.length), "flat")
            .add("y", new Reshape(y.length / 8, 8))
            .output("x", "y")
            .build();
    float[] overflow = new float[72 * x.length];
    Arrays.fill(overflow, 72 * 15, 72 * 16, Float.MAX_VALUE);
    Map<String, float[]> weights =
        Map.of(
            "lx.weight",
            overflow,
            "lx.bias",
            x,
            "ly.weight",
            new float[72 * y.length],
            "ly.bias",
            y);
    return new ModelData(network, weights, Map.of(), Map.of());
  }

  @Test
  void simCcEndToEnd() {
    float[] x = new float[24];
    float[] y = new float[16];
    x[7] = 0.5f;
    y[5] = 0.75f;
    byte[] white = new byte[4500];
    Arrays.fill(white, (byte) 255);
    Image image = Image.of(Shape.of(1, 50, 90), white);
    try (Model model = Model.of(simCc(x, y))) {
      PoseEstimator poses = new PoseEstimator(model, new SimCcPose("x", "y"));
      // 60 x 40 pixels around (40, 20), with the padding 75 x 50
      List<KeyPoint> points = poses.estimate(image, new Box(10, 10, 70, 30));
      isAt(points.get(0), 2.5 + 7 / 12.0 * 75, -5 + 5 / 8.0 * 50, 0.5);
      isAt(points.get(1), 40, 20, 0);
      PoseEstimator three = new PoseEstimator(model, new SimCcPose("x", "y", 3));
      assertThatThrownBy(() -> three.estimate(image, new Box(0, 0, 9, 9)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("output x has shape 2x12, expected [K, 18]");
      PoseEstimator maps = new PoseEstimator(model, new HeatMapPose("x"));
      assertThatThrownBy(() -> maps.estimate(image, new Box(0, 0, 9, 9)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("output x has shape 1x2x12, expected [N, K, H, W]");
    }
  }

  @Test
  void boxesThatAreRefused() {
    Image image = squares(50, 60, 10, 10);
    try (Model model = Model.of(colors(Shape.of(3, 20, 16)))) {
      PoseEstimator poses = new PoseEstimator(model, MAPS);
      for (Box outside :
          new Box[] {
            new Box(60, 0, 70, 9), new Box(-9, 0, 0, 9), new Box(0, 50, 9, 59), new Box(0, -9, 9, 0)
          }) {
        assertThatThrownBy(() -> poses.estimate(image, outside))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessage("pose: " + outside + " is outside the image of 60x50 pixels");
      }
      assertThatThrownBy(() -> poses.estimate(image, new Box(4, 4, 4, 9)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("must have a width and a height above 0");
      assertThat(poses.estimate(image, new Box(59.5, -9, 90, 0.5))).hasSize(3);
    }
  }

  @Test
  void networksThatAreRefused() {
    Network flat = Network.builder("flat", Shape.of(9)).add("maps", new Linear(2)).build();
    try (Model model = Model.of(ModelData.untrained(flat, 1))) {
      assertThatThrownBy(() -> new PoseEstimator(model, MAPS))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("input 9 of network flat must be [C, H, W]");
    }
    try (Model model = Model.of(colors(Shape.of(3, 4098, 2)))) {
      assertThatThrownBy(() -> new PoseEstimator(model, MAPS))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("size 4098x2 must have sides from 1 to 4096");
    }
    Model model = Model.of(colors(Shape.of(3, 20, 16)));
    assertThatThrownBy(() -> new PoseEstimator(model, new HeatMapPose("other")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pose: unknown output other, found [maps]");
    assertThatThrownBy(() -> new PoseEstimator(model, MAPS, 0.5))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("padding 0.5 is outside [1, 10.0]");
    PoseEstimator poses = new PoseEstimator(model, MAPS);
    model.close();
    assertThatThrownBy(() -> poses.estimate(squares(50, 60, 10, 10), new Box(0, 0, 9, 9)))
        .isInstanceOf(ClosedException.class);
  }
}
