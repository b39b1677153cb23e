package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.PlanLimitException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Log;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TiledPredictionTest {
  private static final long FREE = Shape.FREE;

  /** Distance over which {@link #local} sees: two convolutions of 3x3. */
  private static final int REACH = 2;

  /**
   * Two convolutions, whose outputs are multiples of 1/64, and 1/128: so far from the bound between
   * two pixels that the rounding of floats does not matter.
   */
  private static ModelData local(int scale) {
    NetworkBuilder builder =
        Network.builder("local", Shape.of(3, FREE, FREE))
            .add("a", new Conv2d(4, 3).padding(1))
            .add("b", new Conv2d(3, 3).padding(1));
    if (scale > 1) {
      builder.add("up", new UpsampleNearest2d(scale));
    }
    float[] first = new float[4 * 3 * 9];
    float[] second = new float[3 * 4 * 9];
    Random random = new Random(6);
    for (int i = 0; i < first.length; i++) {
      first[i] = random.nextInt(3) - 1;
      second[i] = (random.nextInt(3) - 1) / 64f;
    }
    float bias = 100 + 1 / 128f;
    float least = 1 / 255f;
    return new ModelData(
        builder.build(),
        Map.of(
            "a.weight",
            first,
            "a.bias",
            new float[4],
            "b.weight",
            second,
            "b.bias",
            new float[] {bias, bias, bias}),
        new Normalization(new float[3], new float[] {least, least, least}),
        List.of(),
        Map.of());
  }

  /** The network's output for the whole image, as an image. */
  private static Image whole(Model model, Image image) {
    Prediction.Values values = (Prediction.Values) model.predict(image).values().iterator().next();
    float[] floats = values.values();
    byte[] pixels = new byte[floats.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.round(Math.max(0, Math.min(255, floats[i])));
    }
    return Image.of(values.shape(), pixels);
  }

  private static TiledPrediction pixels(Model model, Tiles tiles) {
    return TiledPrediction.of(model, tiles).range(0, 255);
  }

  /** With an overlap of the receptive field, or its margin besides the blended part. */
  @Test
  void aLocalNetworkGivesTheResultOfTheWholeImage() {
    for (int scale : new int[] {1, 2, 3}) {
      try (Model model = Model.of(local(scale))) {
        for (int[] size : new int[][] {{16, 16}, {17, 16}, {40, 53}, {29, 120}, {61, 17}}) {
          Image image = SlowMaps.noise(3, size[0], size[1]);
          Image wanted = whole(model, image);
          for (Tiles tiles :
              List.of(
                  new Tiles(Size.of(16), 2 * REACH + 1, 0),
                  new Tiles(Size.of(16), 2 * REACH, 0),
                  new Tiles(Size.of(16), 8, 4),
                  new Tiles(new Size(16, 13), 6, 2),
                  Tiles.of(16, 8))) {
            TiledPrediction prediction = pixels(model, tiles);
            assertThat(prediction.scale()).isEqualTo(scale);
            assertThat(prediction.tiles()).isEqualTo(tiles);
            assertThat(prediction.predict(image))
                .as("%s of %s by %s", tiles, image, scale)
                .isEqualTo(wanted);
          }
        }
        Image image = SlowMaps.noise(3, 40, 53);
        for (Tiles less : List.of(new Tiles(Size.of(16), 3, 0), new Tiles(Size.of(16), 8, 6))) {
          assertThat(pixels(model, less).predict(image)).isNotEqualTo(whole(model, image));
        }
      }
    }
  }

  /** The same convolution in plain Java, without tiles. */
  @Test
  void theWholeImageIsThatOfIntegers() {
    ModelData data = local(1);
    Image image = SlowMaps.noise(3, 21, 34);
    float[] first = data.weights().get("a.weight");
    float[] second = data.weights().get("b.weight");
    double[][][] in = new double[3][][];
    for (int c = 0; c < 3; c++) {
      in[c] = new double[21][34];
      for (int i = 0; i < 21 * 34; i++) {
        in[c][i / 34][i % 34] = image.get(c, i / 34, i % 34);
      }
    }
    double[][][] out = convolved(convolved(in, first, 4, 0), second, 3, 100 + 1 / 128.0);
    try (Model model = Model.of(data)) {
      Image made = pixels(model, new Tiles(Size.of(12), 6, 2)).predict(image);
      for (int i = 0; i < 3 * 21 * 34; i++) {
        int c = i / (21 * 34);
        int y = i / 34 % 21;
        double value = Math.max(0, Math.min(255, out[c][y][i % 34]));
        assertThat(made.get(c, y, i % 34)).isEqualTo((int) Math.round(value));
      }
    }
  }

  private static double[][][] convolved(double[][][] in, float[] weights, int to, double bias) {
    int height = in[0].length;
    int width = in[0][0].length;
    double[][][] out = new double[to][height][width];
    for (int i = 0; i < to * height * width * in.length * 9; i++) {
      int tap = i % 9;
      int from = i / 9 % in.length;
      int x = i / 9 / in.length % width;
      int y = i / 9 / in.length / width % height;
      int o = i / 9 / in.length / width / height;
      int atY = y + tap / 3 - 1;
      int atX = x + tap % 3 - 1;
      out[o][y][x] += tap == 0 && from == 0 ? bias : 0;
      if (atY >= 0 && atY < height && atX >= 0 && atX < width) {
        out[o][y][x] += weights[(o * in.length + from) * 9 + tap] * in[from][atY][atX];
      }
    }
    return out;
  }

  @Test
  void aFixedSizeIsThatOfTheTiles() {
    ModelData free = local(2);
    ModelData fixed = free.withNetwork(free.network().at(Shape.of(3, 16, 20)));
    Image image = SlowMaps.noise(3, 33, 50);
    Tiles tiles = new Tiles(new Size(16, 20), 6, 2);
    try (Model one = Model.of(fixed);
        Model other = Model.of(free)) {
      assertThat(pixels(one, tiles).predict(image)).isEqualTo(whole(other, image));
      assertThat(TiledPrediction.of(one).tiles()).isEqualTo(new Tiles(new Size(16, 20), 8, 4));
      assertThat(TiledPrediction.of(other).tiles()).isEqualTo(new Tiles(Size.of(256), 32, 16));
      assertThatThrownBy(() -> TiledPrediction.of(one, Tiles.of(20, 4)))
          .isInstanceOf(ShapeException.class)
          .hasMessage("tiles: tiles of 20x20 do not fit input 3x16x20");
    }
  }

  /** As the network sees the reflected image, cropped. */
  @Test
  void imagesSmallerThanATile() {
    try (Model model = Model.of(local(2))) {
      for (int[] size : new int[][] {{1, 1}, {1, 30}, {9, 1}, {2, 2}, {5, 3}, {15, 16}}) {
        Image image = SlowMaps.noise(3, size[0], size[1]);
        int height = Math.max(16, size[0]);
        int width = Math.max(16, size[1]);
        byte[] reflected = new byte[3 * height * width];
        for (int i = 0; i < reflected.length; i++) {
          int y = mirrored(i / width % height, size[0]);
          reflected[i] = (byte) image.get(i / width / height, y, mirrored(i % width, size[1]));
        }
        Image large = whole(model, Image.of(Shape.of(3, height, width), reflected));
        Image made = pixels(model, Tiles.of(16, 8)).predict(image);
        assertThat(made.shape()).isEqualTo(Shape.of(3, 2 * size[0], 2 * size[1]));
        for (int i = 0; i < made.shape().elements(); i++) {
          int y = i / made.width() % made.height();
          int c = i / made.width() / made.height();
          int x = i % made.width();
          assertThat(made.get(c, y, x)).isEqualTo(large.get(c, y, x));
        }
      }
    }
  }

  private static int mirrored(int at, int size) {
    int in = at;
    while (in < 0 || in >= size) {
      in = size == 1 ? 0 : in < 0 ? -in : 2 * (size - 1) - in;
    }
    return in;
  }

  @Test
  void theMemoryIsThatOfATile() {
    Image image = SlowMaps.noise(3, 300, 400);
    ModelData data = local(1);
    try (Model model = Model.of(data);
        Model unlimited = Model.of(data)) {
      model.setPlanLimit(1_000_000);
      assertThatThrownBy(() -> model.predict(image)).isInstanceOf(PlanLimitException.class);
      assertThat(pixels(model, Tiles.of(32, 8)).predict(image)).isEqualTo(whole(unlimited, image));
    }
  }

  @Test
  void channelsAreThoseOfThePreprocessing() {
    Image color = SlowMaps.noise(3, 9, 14);
    Image gray = SlowMaps.noise(1, 9, 14);
    ModelData data = SlowMaps.data(Shape.of(3, FREE, FREE), new Abs());
    Preprocessing how = data.preprocessing().get(Network.INPUT);
    Tiles tiles = Tiles.of(8, 2);
    for (Preprocessing.Channels channels :
        List.of(Preprocessing.Channels.RGB, Preprocessing.Channels.BGR)) {
      // size, fit and crop do not apply
      Preprocessing odd =
          how.channels(channels).size(Size.of(5)).fit(Preprocessing.Fit.CENTER_CROP).crop(0.5f);
      try (Model model = Model.of(data.withPreprocessing(odd))) {
        assertThat(TiledPrediction.of(model, tiles).predict(color)).isEqualTo(color);
        Image three = TiledPrediction.of(model, tiles).predict(gray);
        assertThat(three.channels()).isEqualTo(3);
        assertThat(three.get(2, 3, 4)).isEqualTo(gray.get(0, 3, 4));
      }
    }
    try (Model model = SlowMaps.model(Shape.of(1, 8, 8), new Abs())) {
      Image luma = Preprocessing.of(Normalization.unit(1)).resized(color, Shape.of(1, FREE, FREE));
      assertThat(TiledPrediction.of(model, tiles).predict(color)).isEqualTo(luma);
      assertThat(TiledPrediction.of(model, tiles).predict(gray)).isEqualTo(gray);
    }
  }

  @Test
  void theRangeOfValues() {
    Image image = SlowMaps.noise(1, 20, 11);
    try (Model model = SlowMaps.model(Shape.of(1, 8, 8), new Affine(2, -1))) {
      TiledPrediction prediction = TiledPrediction.of(model);
      assertThat(prediction.range(-1, 1).predict(image)).isEqualTo(image);
      byte[] clamped = image.pixels();
      for (int i = 0; i < clamped.length; i++) {
        clamped[i] = (byte) Math.max(0, 2 * (clamped[i] & 0xff) - 255);
      }
      assertThat(prediction.predict(image)).isEqualTo(Image.of(image.shape(), clamped));
      assertThatThrownBy(() -> prediction.range(2, 2))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("must be finite and differ");
    }
  }

  @Test
  void outputsThatAreNotScaledImagesAreRefused() {
    Shape input = Shape.of(3, 8, 8);
    List<Layer> bad =
        List.of(
            new MaxPool2d(2),
            new Conv2d(3, 3),
            new Conv2d(2, 1),
            new Reshape(192),
            new Reshape(3, 4, 16),
            new Reshape(3, 16, 4));
    for (Layer layer : bad) {
      try (Model model = SlowMaps.model(input, layer)) {
        assertThatThrownBy(() -> TiledPrediction.of(model))
            .as("%s", layer)
            .isInstanceOf(ShapeException.class)
            .hasMessageContaining("must have 1 or 3 channels and an integer multiple of");
      }
    }
    try (Model vector = SlowMaps.model(Shape.of(8), new Abs());
        Model five = SlowMaps.model(Shape.of(5, 8, 8), new Conv2d(3, 1))) {
      assertThatThrownBy(() -> TiledPrediction.of(vector))
          .isInstanceOf(ShapeException.class)
          .hasMessage("tiles: input 8 must be an image, CxHxW");
      assertThatThrownBy(() -> TiledPrediction.of(five).predict(SlowMaps.noise(3, 4, 4)))
          .isInstanceOf(ShapeException.class);
    }
  }

  @Test
  void anotherOutput() {
    Network network =
        Network.builder("two", Shape.of(1, 8, 8))
            .add("vector", new Reshape(64), Network.INPUT)
            .add("image", new Affine(-1, 1), Network.INPUT)
            .output("vector", "image")
            .build();
    Image image = SlowMaps.noise(1, 8, 9);
    try (Model model = Model.of(ModelData.untrained(network, 1))) {
      Tiles tiles = Tiles.of(8, 2);
      assertThatThrownBy(() -> TiledPrediction.of(model, tiles)).isInstanceOf(ShapeException.class);
      Image negative = TiledPrediction.of(model, tiles, "image").predict(image);
      assertThat(negative.get(0, 7, 8)).isEqualTo(255 - image.get(0, 7, 8));
      assertThatThrownBy(() -> TiledPrediction.of(model, tiles, "other"))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("other is not one of [vector, image]");
    }
  }

  @Test
  void wrongArgumentsAndValuesAreReported() {
    Model model = SlowMaps.model(Shape.of(1, FREE, FREE), new Log());
    TiledPrediction prediction = TiledPrediction.of(model, Tiles.of(8, 2));
    assertThatThrownBy(() -> prediction.predict(Image.of(Shape.of(1, 9, 9), new byte[81])))
        .isInstanceOf(NumericException.class)
        .hasMessageContaining("has the value -Infinity");
    List<Runnable> calls = new ArrayList<>();
    calls.add(() -> TiledPrediction.of(null));
    calls.add(() -> TiledPrediction.of(null, Tiles.of(8, 2)));
    calls.add(() -> TiledPrediction.of(model, null));
    calls.add(() -> TiledPrediction.of(model, Tiles.of(8, 2), null));
    calls.add(() -> prediction.predict((Image) null));
    calls.add(() -> prediction.predict((Path) null));
    for (Runnable call : calls) {
      assertThatThrownBy(call::run)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is null");
    }
    assertThatThrownBy(() -> TiledPrediction.of(model, Tiles.of(1 << 20, 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("does not fit in a Java array");
    model.close();
    assertThatThrownBy(() -> prediction.predict(SlowMaps.noise(1, 9, 9)))
        .isInstanceOf(ClosedException.class);
  }
}
