package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.data.Preprocessing.Fit;
import dev.quern.detect.Box;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Nms;
import dev.quern.detect.PointBoxes;
import dev.quern.detect.YoloPose;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectTest {
  private static final DetectionTask FACES =
      new DetectionTask(new DecodedBoxes("scores", "boxes", 0), List.of("background", "face"));

  private static final Network NETWORK =
      Network.builder("boxes", Shape.of(3, 20, 20))
          .add("flat", new Flatten())
          .add("s", new Linear(4), "flat")
          .add("scores", new Reshape(2, 2))
          .add("b", new Linear(8), "flat")
          .add("boxes", new Reshape(2, 4))
          .output("scores", "boxes")
          .build();

  /** Says the same of every picture: two boxes, the first better. */
  private static ModelData says(float... boxes) {
    return new ModelData(
            NETWORK,
            Map.of(
                "s.weight", new float[4 * 1200],
                "s.bias", new float[] {0.1f, 0.9f, 0.2f, 0.8f},
                "b.weight", new float[8 * 1200],
                "b.bias", boxes),
            Map.of(),
            Map.of())
        .withDetection(FACES);
  }

  private static Image picture(int height, int width) {
    return Image.of(Shape.of(3, height, width), new byte[3 * height * width]);
  }

  private static void isBox(Detection d, double left, double top, double right, double bottom) {
    assertThat(d.box().left()).isCloseTo(left, within(1e-4));
    assertThat(d.box().top()).isCloseTo(top, within(1e-4));
    assertThat(d.box().right()).isCloseTo(right, within(1e-4));
    assertThat(d.box().bottom()).isCloseTo(bottom, within(1e-4));
  }

  @Test
  void boxesAreInPixelsOfThePicture() {
    ModelData data = says(0.25f, 0.25f, 0.5f, 0.75f, 0, 0, 1, 0.1f);
    for (Fit fit : Fit.values()) {
      Preprocessing how = data.preprocessing().get(Network.INPUT).fit(fit);
      try (Model model = Model.of(data.withPreprocessing(how))) {
        List<List<Detection>> found = model.detect(List.of(picture(40, 80), picture(20, 20)));
        isBox(found.get(1).get(0), 5, 5, 10, 15);
        assertThat(found.get(1).get(0).label()).isEqualTo("face");
        Detection wide = found.get(0).get(0);
        switch (fit) {
          case STRETCH -> isBox(wide, 20, 10, 40, 30);
          // the picture lies from 5 to 15 of 20, with black above and below
          case FIT -> isBox(wide, 20, 0, 40, 40);
          // the middle half of the picture
          case CENTER_CROP -> isBox(wide, 30, 10, 40, 30);
        }
        // the other is in the black, and dropped
        assertThat(found.get(0)).hasSize(fit == Fit.FIT ? 1 : 2);
        assertThat(model.detect(picture(40, 80))).isEqualTo(found.get(0));
      }
    }
  }

  /** Key points are moved as boxes are, and stay where they are outside the image. */
  @Test
  void keyPointsAreInPixelsOfThePicture() {
    Network network =
        Network.builder("pose", Shape.of(3, 20, 20))
            .add("flat", new Flatten())
            .add("p", new Linear(11), "flat")
            .add("poses", new Reshape(11, 1))
            .output("poses")
            .build();
    float[] values = {10, 10, 20, 20, 0.75f, 5, 15, 0.5f, -10, 30, 0.25f};
    ModelData data =
        new ModelData(
                network,
                Map.of("p.weight", new float[11 * 1200], "p.bias", values),
                Map.of(),
                Map.of())
            .withDetection(new DetectionTask(new YoloPose("poses", 2), List.of("person")));
    try (Model model = Model.of(data)) {
      Detection found = model.detect(picture(40, 80)).get(0);
      isBox(found, 0, 0, 80, 40);
      assertThat(found.keyPoints())
          .containsExactly(new KeyPoint(20, 30, 0.5), new KeyPoint(-40, 60, 0.25));
    }
  }

  @Test
  void boxesAreCutAtTheBorder() {
    try (Model model = Model.of(says(-0.5f, -1, 1.5f, 0.5f, 2, 2, 3, 3))) {
      List<Detection> found = model.detect(picture(10, 10));
      assertThat(found).hasSize(1);
      isBox(found.get(0), 0, 0, 10, 5);
      assertThat(found.get(0).score()).isCloseTo(0.9, within(1e-6));
    }
  }

  @Test
  void suppressionIsTheNetworksOrTheCallers() {
    List<Image> one = List.of(picture(20, 20));
    try (Model model = Model.of(says(0, 0, 1, 1, 0, 0, 1, 0.9f))) {
      assertThat(model.detect(one).get(0)).hasSize(1);
      assertThat(model.detect(one, new Nms().iou(0.95)).get(0)).hasSize(2);
      assertThat(model.detect(one, new Nms().score(0.95)).get(0)).isEmpty();
      assertThat(model.detect(List.of())).isEmpty();
    }
  }

  @Test
  void manyPicturesOfManySizes() {
    List<Image> all = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      all.add(picture(10 + i % 7, 10 + i % 11));
    }
    try (Model model = Model.of(says(0, 0, 1, 1, 0, 0, 1, 1))) {
      List<List<Detection>> found = model.detect(all);
      for (int i = 0; i < all.size(); i++) {
        assertThat(found.get(i).get(0).box().right()).isEqualTo(all.get(i).width());
        assertThat(found.get(i).get(0).box().bottom()).isEqualTo(all.get(i).height());
      }
    }
  }

  /** Two classes at each cell of 2, by a filter that sees brightness. */
  private static Network free() {
    return Network.builder("free", Shape.of(1, Shape.FREE, Shape.FREE))
        .add("head", new Conv2d(6, 2).stride(2))
        .build()
        .withDetection(new DetectionTask(PointBoxes.of("head", 2), List.of("dark", "bright")));
  }

  @Test
  void freeSizes() {
    float[] weight = new float[6 * 4];
    Arrays.fill(weight, 4, 8, 1);
    ModelData data =
        new ModelData(
            free(),
            Map.of("head.weight", weight, "head.bias", new float[] {-9, -3, 0, 0, 0, 0}),
            Map.of(),
            Map.of());
    byte[] pixels = new byte[6 * 8];
    for (int at : new int[] {2 * 8 + 4, 2 * 8 + 5, 3 * 8 + 4, 3 * 8 + 5}) {
      pixels[at] = -1;
    }
    try (Model model = Model.of(data)) {
      List<Detection> found = model.detect(Image.of(Shape.of(1, 6, 8), pixels));
      assertThat(found).hasSize(1);
      isBox(found.get(0), 3, 1, 7, 5); // a cell to each side of its center
      assertThat(found.get(0).label()).isEqualTo("bright");
    }
  }

  @Test
  void detectionStaysWithTheNetworkWhereItFits() {
    Network network = NETWORK.withDetection(FACES);
    assertThat(network.detection()).isEqualTo(FACES);
    assertThat(network).isNotEqualTo(NETWORK);
    assertThat(network.withDetection(null)).isEqualTo(NETWORK);
    assertThat(network.withTask("scores", Task.regression()).detection()).isEqualTo(FACES);
    assertThat(network.upTo("scores", "boxes").detection()).isEqualTo(FACES);
    assertThat(network.upTo("scores").detection()).isNull();
    assertThat(network.replace("boxes", new Reshape(4, 2)).detection()).isEqualTo(FACES);
    assertThat(network.replace("boxes", new Reshape(8)).detection()).isNull();
    assertThat(free().at(Shape.of(1, 8, 8)).detection()).isEqualTo(free().detection());
    Network three = free().replace("head", new Conv2d(7, 2).stride(2));
    assertThat(three.detection().classes()).isEmpty();
    assertThat(three.detection().decoder()).isEqualTo(free().detection().decoder());
    ModelData data = says(new float[8]);
    assertThat(data.withNetwork(NETWORK).network().detection()).isEqualTo(FACES);
  }

  @Test
  void refusesWhatCannotBe() {
    Network plain = Network.of("plain", Shape.of(3, 4, 4), new Relu());
    try (Model model = Model.of(ModelData.untrained(plain, 1))) {
      assertThatThrownBy(() -> model.detect(picture(4, 4)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "detect: network plain has no decoder for its outputs [relu1]: set one by"
                  + " withDetection");
    }
    assertThatThrownBy(() -> plain.withDetection(FACES))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("detection: unknown output boxes, found [relu1]");
    assertThatThrownBy(
            () ->
                NETWORK.withDetection(
                    new DetectionTask(new DecodedBoxes("scores", "boxes", 0), List.of("face"))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("detection: 1 class names do not fit the 2 classes of outputs [scores, boxes]");
    try (Model model = Model.of(says(new float[8]))) {
      assertThatThrownBy(() -> model.detect((Image) null))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> model.detect(List.of(picture(4, 4)), null))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("detection: nms is null");
    }
  }

  @Test
  void placementGoesBothWays() {
    Preprocessing how = says(new float[8]).preprocessing().get(Network.INPUT).fit(Fit.FIT);
    Placement placed = how.placement(new Size(40, 80), Shape.of(3, 20, 20));
    assertThat(placed.down().toImage(5)).isZero();
    assertThat(placed.down().toInput(40)).isEqualTo(15);
    assertThat(placed.across().toInput(80)).isEqualTo(20);
    Box whole = new Box(0, 0, 80, 40);
    assertThat(placed.across().toImage(placed.across().toInput(whole.right()))).isEqualTo(80);
    assertThatThrownBy(() -> how.placement(new Size(0, 1), Shape.of(3, 20, 20)))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
