package dev.quern.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageEmbedderTest {
  private static final int FEATURES = 24;
  private static final Preprocessing HOW =
      Preprocessing.of(
          new Normalization(new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.3f, 0.25f}));

  private static Network classifier(Shape input) {
    return Network.builder("classifier", input)
        .add("conv", new Conv2d(FEATURES, 3).padding(1))
        .add("relu", new Relu())
        .add("pool", new AdaptiveAvgPool2d(1))
        .add("flatten", new Flatten())
        .add("fc", new Linear(5))
        .add("softmax", new Softmax())
        .build();
  }

  private static Model model(Network network) {
    return Model.of(ModelData.untrained(network, 7).withPreprocessing(HOW));
  }

  private static List<Image> images(int count, int... sides) {
    Random random = new Random(3);
    List<Image> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int side = sides[i % sides.length];
      byte[] pixels = new byte[3 * side * (side + 1)];
      random.nextBytes(pixels);
      all.add(Image.of(Shape.of(3, side, side + 1), pixels));
    }
    return all;
  }

  /** What the model's layer gives for one image, scaled in double precision. */
  private static double[] wanted(Model features, Image image) {
    try (Arena arena = new Arena()) {
      float[] raw =
          features.predict(HOW.batch(arena, features.network().input(), List.of(image))).toArray();
      double length =
          Math.sqrt(
              IntStream.range(0, raw.length).mapToDouble(i -> (double) raw[i] * raw[i]).sum());
      return IntStream.range(0, raw.length).mapToDouble(i -> raw[i] / length).toArray();
    }
  }

  private static void requireClose(float[] vector, double[] wanted) {
    assertThat(vector).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) vector[i]).isCloseTo(wanted[i], within(1e-6));
    }
  }

  @Test
  void embedsImagesOfAnySizeInTheirOrder() {
    List<Image> images = images(71, 12, 17, 9); // two full batches and a part of one
    try (Model model = model(classifier(Shape.of(3, 12, 13)));
        Model features = model.features("flatten");
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model)) {
      assertThat(embedder.size()).isEqualTo(FEATURES);
      List<float[]> vectors = embedder.embed(images);
      assertThat(vectors).hasSize(71);
      for (int i = 0; i < vectors.size(); i++) {
        requireClose(vectors.get(i), wanted(features, images.get(i)));
        requireClose(embedder.embed(images.get(i)), wanted(features, images.get(i)));
      }
      assertThat(embedder.embed(List.of())).isEmpty();
      assertThat(embedder.bytes()).isPositive();
    }
  }

  @Test
  void networksWithoutASizeKeepThatOfTheImages() {
    List<Image> images = images(20, 12, 12, 12, 17, 9);
    try (Model model = model(classifier(Shape.of(3, Shape.FREE, Shape.FREE)));
        Model features = model.features("flatten");
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model)) {
      List<float[]> vectors = embedder.embed(images);
      for (int i = 0; i < vectors.size(); i++) {
        requireClose(vectors.get(i), wanted(features, images.get(i)));
      }
    }
    Preprocessing sized = HOW.size(new Size(8, 8));
    try (Model model =
            Model.of(
                ModelData.untrained(classifier(Shape.of(3, Shape.FREE, Shape.FREE)), 7)
                    .withPreprocessing(sized));
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model)) {
      assertThat(embedder.embed(images)).hasSize(20);
    }
  }

  @Test
  void outputsOfAModelAreVectorsToo() {
    Image image = images(1, 12).get(0);
    try (Model model = model(classifier(Shape.of(3, 12, 13)));
        Model pool = model.features("pool"); // [F, 1, 1]
        ImageEmbedder all = ImageEmbedder.of(pool);
        ImageEmbedder scores = ImageEmbedder.of(model)) {
      requireClose(all.embed(image), wanted(pool, image));
      assertThat(scores.size()).isEqualTo(5);
    }
  }

  @Test
  void int8ModelsGiveNearlyTheSameVectors() {
    Shape shape = Shape.of(3, 12, 12);
    byte[] pixels = new byte[64 * (int) shape.elements()];
    new Random(5).nextBytes(pixels);
    Dataset data = Dataset.of("random", shape, List.of("a", "b"), pixels, new int[64]);
    ModelData floats = ModelData.untrained(classifier(shape), 7).withPreprocessing(HOW);
    ModelData small = Quantization.of(floats).calibrate(data, 64).data();
    assertThat(small.network()).isNotEqualTo(floats.network());
    try (Model model = Model.of(floats);
        Model int8 = Model.of(small);
        ImageEmbedder wanted = ImageEmbedder.withoutClassifier(model);
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(int8)) {
      assertThat(embedder.size()).isEqualTo(FEATURES);
      for (Image image : images(5, 12, 20)) {
        float[] vector = embedder.embed(image);
        float[] other = wanted.embed(image);
        double cosine =
            IntStream.range(0, FEATURES).mapToDouble(i -> (double) vector[i] * other[i]).sum();
        assertThat(cosine).isGreaterThan(0.999);
        assertThat(vector).isNotEqualTo(other);
      }
    }
  }

  @Test
  void vectorsAreScaledUnlessToldOtherwise() {
    Image image = images(1, 12).get(0);
    try (Model model = model(classifier(Shape.of(3, 12, 13)));
        Model features = model.features("flatten");
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model);
        ImageEmbedder plain = embedder.normalized(false);
        ImageEmbedder again = plain.normalized(true);
        Arena arena = new Arena()) {
      float[] raw =
          features.predict(HOW.batch(arena, Shape.of(3, 12, 13), List.of(image))).toArray();
      assertThat(plain.embed(image)).isEqualTo(raw);
      assertThat(again.embed(image)).isEqualTo(embedder.embed(image)).isNotEqualTo(raw);
    }
  }

  @Test
  void outlivesItsModelAndClosesOnce() {
    Image image = images(1, 12).get(0);
    Model model = model(classifier(Shape.of(3, 12, 13)));
    ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model);
    float[] before = embedder.embed(image);
    model.close();
    assertThat(embedder.embed(image)).isEqualTo(before);
    embedder.close();
    embedder.close();
    assertThatThrownBy(() -> embedder.embed(image)).isInstanceOf(ClosedException.class);
  }

  @Test
  void zerosStayAndNaNsAreRefused() {
    Network network =
        Network.of(
            "scaled", Shape.of(3, 4, 5), new Conv2d(2, 1), new AdaptiveAvgPool2d(1), new Flatten());
    ModelData data = ModelData.untrained(network, 1).withPreprocessing(HOW);
    data.weights().values().forEach(w -> Arrays.fill(w, 0));
    Image image = images(1, 4).get(0);
    try (Model model = Model.of(data);
        ImageEmbedder embedder = ImageEmbedder.of(model)) {
      assertThat(embedder.embed(image)).containsExactly(0, 0);
    }
    data.weights().values().forEach(w -> Arrays.fill(w, Float.MAX_VALUE));
    try (Model model = Model.of(data);
        ImageEmbedder embedder = ImageEmbedder.of(model)) {
      assertThatThrownBy(() -> embedder.embed(image))
          .isInstanceOf(NumericException.class)
          .hasMessage("embed: an output of network scaled is NaN or infinite");
    }
  }

  @Test
  void refusesWhatIsNoImageOrNoVector() {
    try (Model map = model(Network.of("map", Shape.of(3, 8, 8), new Conv2d(4, 3)))) {
      assertThatThrownBy(() -> ImageEmbedder.of(map))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("4x6x6 of layer conv2d1 is not a vector");
      assertThatThrownBy(() -> ImageEmbedder.withoutClassifier(map))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("network map does not end in a linear layer");
    }
    try (Model rows =
        Model.of(ModelData.untrained(Network.of("rows", Shape.of(9), new Linear(3)), 1))) {
      assertThatThrownBy(() -> ImageEmbedder.of(rows))
          .isInstanceOf(ShapeException.class)
          .hasMessage("embed: input 9 of network rows is not an image");
      assertThatThrownBy(() -> ImageEmbedder.withoutClassifier(rows))
          .isInstanceOf(InvalidArgumentException.class);
    }
    Network two =
        new Network(
            "two",
            Map.of("image", Shape.of(3, 8, 8)),
            classifier(Shape.of(3, 8, 8)).nodes().stream()
                .map(
                    n ->
                        n.name().equals("conv")
                            ? new Network.Node("conv", n.layer(), List.of("image"))
                            : n)
                .toList(),
            List.of("fc", "pool"));
    try (Model model = Model.of(ModelData.untrained(two, 1))) {
      assertThatThrownBy(() -> ImageEmbedder.of(model))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "embed: network two has inputs [image] and outputs [fc, pool]; an embedder needs one of each");
    }
    try (Model model = model(classifier(Shape.of(3, 12, 13)));
        ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model)) {
      assertThatThrownBy(() -> embedder.embed((Image) null))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> embedder.embed(Arrays.asList((Image) null)))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> embedder.embed(Image.of(Shape.of(4, 3, 3), new byte[36])))
          .isInstanceOf(ShapeException.class);
    }
  }
}
