package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.data.Preprocessing.Fit;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Log;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackgroundRemovalTest {
  private static final Shape INPUT = Shape.of(1, 8, 8);

  private static void isClose(AlphaMask mask, double[][] wanted) {
    assertThat(mask.height()).isEqualTo(wanted.length);
    assertThat(mask.width()).isEqualTo(wanted[0].length);
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        assertThat((double) mask.at(y, x)).as("%s, %s", y, x).isCloseTo(wanted[y][x], within(1e-6));
      }
    }
  }

  /** The input that a model gets for an image, from 0 to 1. */
  private static double[][] input(Model model, Image image) {
    Preprocessing how = model.data().preprocessing().get(Network.INPUT);
    return SlowMaps.pixels(how.resized(image, model.network().input()));
  }

  private static double[][] each(double[][] map, DoubleUnaryOperator function) {
    double[][] to = new double[map.length][map[0].length];
    for (int y = 0; y < to.length; y++) {
      for (int x = 0; x < to[0].length; x++) {
        to[y][x] = function.applyAsDouble(map[y][x]);
      }
    }
    return to;
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "1, 9", "3, 5", "8, 8", "20, 13", "7, 64", "61, 2"})
  void theMapIsNormalizedAndResizedToTheImage(int height, int width) {
    Image image = SlowMaps.noise(1, height, width);
    try (Model model = SlowMaps.model(INPUT, new Affine(5, -2))) {
      double[][] map = SlowMaps.minMax(input(model, image));
      isClose(BackgroundRemoval.of(model).mask(image), SlowMaps.resized(map, height, width));
    }
  }

  @Test
  void aMapMayHaveAnotherSizeThanTheInput() {
    Image image = SlowMaps.noise(1, 11, 5);
    try (Model small = SlowMaps.model(INPUT, new MaxPool2d(2));
        Model large = SlowMaps.model(INPUT, new UpsampleNearest2d(2), new Reshape(16, 16));
        Model free = SlowMaps.model(Shape.of(1, Shape.FREE, Shape.FREE), new Abs())) {
      double[][] in = input(small, image);
      double[][] pooled = new double[4][4];
      double[][] twice = new double[16][16];
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          twice[y][x] = in[y / 2][x / 2];
          pooled[y / 4][x / 4] = Math.max(pooled[y / 4][x / 4], in[y / 2][x / 2]);
        }
      }
      isClose(
          BackgroundRemoval.of(small).mask(image),
          SlowMaps.resized(SlowMaps.minMax(pooled), 11, 5));
      isClose(
          BackgroundRemoval.of(large).mask(image), SlowMaps.resized(SlowMaps.minMax(twice), 11, 5));
      isClose(BackgroundRemoval.of(free).mask(image), SlowMaps.minMax(SlowMaps.pixels(image)));
    }
  }

  /** The black border is neither resized nor part of the minimum and maximum. */
  @Test
  void bordersOfTheInputAreRemoved() {
    ModelData data = SlowMaps.data(INPUT, new Abs());
    Preprocessing how = data.preprocessing().get(Network.INPUT);
    Image wide = SlowMaps.noise(1, 10, 20);
    Image high = SlowMaps.noise(1, 32, 4);
    try (Model model = Model.of(data.withPreprocessing(how.fit(Fit.FIT)))) {
      double[][] in = SlowMaps.part(input(model, wide), 2, 6, 0, 8);
      isClose(
          BackgroundRemoval.of(model).mask(wide), SlowMaps.resized(SlowMaps.minMax(in), 10, 20));
      double[][] one = new double[8][1];
      double[][] fitted = input(model, high);
      int column = fitted[3][3] + fitted[4][3] + fitted[5][3] > 0 ? 3 : 4;
      for (int y = 0; y < 8; y++) {
        one[y][0] = fitted[y][column];
      }
      isClose(
          BackgroundRemoval.of(model).mask(high), SlowMaps.resized(SlowMaps.minMax(one), 32, 4));
    }
    try (Model model = Model.of(data.withPreprocessing(how.fit(Fit.CENTER_CROP)))) {
      double[][] seen = SlowMaps.resized(SlowMaps.minMax(input(model, wide)), 10, 10);
      double[][] wanted = new double[10][20];
      for (int y = 0; y < 10; y++) {
        for (int x = 0; x < 20; x++) {
          wanted[y][x] = seen[y][Math.max(0, Math.min(9, x - 5))];
        }
      }
      AlphaMask mask = BackgroundRemoval.of(model).mask(wide);
      for (int y = 0; y < 10; y++) { // the pixels at the crop's border lie between two of the map
        for (int x = 6; x < 14; x++) {
          assertThat((double) mask.at(y, x)).isCloseTo(wanted[y][x], within(1e-6));
        }
        assertThat(mask.at(y, 0)).isEqualTo(mask.at(y, 4));
        assertThat(mask.at(y, 19)).isEqualTo(mask.at(y, 15));
      }
    }
  }

  @Test
  void probabilitiesAndLogits() {
    Image image = SlowMaps.noise(1, 9, 4);
    try (Model model = SlowMaps.model(INPUT, new Affine(4, -1.5f))) {
      double[][] out = each(input(model, image), v -> 4 * v - 1.5);
      BackgroundRemoval removal = BackgroundRemoval.of(model);
      isClose(
          removal.values(MaskValues.PROBABILITIES).mask(image),
          SlowMaps.resized(each(out, v -> Math.min(1, Math.max(0, v))), 9, 4));
      isClose(
          removal.values(MaskValues.LOGITS).mask(image),
          SlowMaps.resized(each(out, v -> 1 / (1 + Math.exp(-v))), 9, 4));
      isClose(
          removal.values(MaskValues.LOGITS).values(MaskValues.MIN_MAX).mask(image),
          SlowMaps.resized(SlowMaps.minMax(out), 9, 4));
    }
  }

  /** 0/0 counts as 0. */
  @Test
  void aConstantMapIsBackground() {
    try (Model model = SlowMaps.model(INPUT, new Affine(0, 0.75f))) {
      BackgroundRemoval removal = BackgroundRemoval.of(model);
      for (int side : new int[] {1, 5}) {
        Image image = SlowMaps.noise(1, side, side);
        assertThat(removal.mask(image).values()).containsOnly(0);
        assertThat(removal.values(MaskValues.PROBABILITIES).mask(image).values())
            .containsOnly(0.75f);
      }
    }
  }

  /** The pixel is stretched to the whole input. */
  @Test
  void anImageOfOnePixel() {
    try (Model model = SlowMaps.model(INPUT, new Abs())) {
      Image image = Image.of(Shape.of(3, 1, 1), new byte[] {51, 51, 51});
      BackgroundRemoval removal = BackgroundRemoval.of(model).values(MaskValues.PROBABILITIES);
      isClose(removal.mask(image), new double[][] {{0.2}});
      isClose(removal.values(MaskValues.MIN_MAX).mask(image), new double[][] {{0}});
    }
  }

  @Test
  void valuesThatAreNotFiniteAreReported() {
    try (Model nan = SlowMaps.model(INPUT, new Affine(1, -2), new Log());
        Model infinite = SlowMaps.model(INPUT, new Log())) {
      Image image = Image.of(INPUT, new byte[64]);
      for (MaskValues values : MaskValues.values()) {
        assertThatThrownBy(() -> BackgroundRemoval.of(nan).values(values).mask(image))
            .isInstanceOf(NumericException.class)
            .hasMessageMatching(
                "background removal: output .* has the value NaN at row 0, column 0; .*");
        assertThatThrownBy(() -> BackgroundRemoval.of(infinite).values(values).mask(image))
            .isInstanceOf(NumericException.class)
            .hasMessageContaining("-Infinity");
      }
    }
  }

  @Test
  void anotherOutput() {
    Network network =
        Network.builder("two", INPUT)
            .add("first", new Affine(0, 0.25f), Network.INPUT)
            .add("second", new Affine(0, 0.5f), Network.INPUT)
            .add("vector", new Reshape(64), Network.INPUT)
            .add("colors", new Reshape(4, 4, 4), Network.INPUT)
            .output("first", "second", "vector", "colors")
            .build();
    Image image = SlowMaps.noise(1, 3, 2);
    try (Model model = Model.of(ModelData.untrained(network, 1))) {
      BackgroundRemoval removal = BackgroundRemoval.of(model).values(MaskValues.PROBABILITIES);
      assertThat(removal.mask(image).values()).containsOnly(0.25f);
      BackgroundRemoval second = BackgroundRemoval.of(model, "second");
      assertThat(second.values(MaskValues.PROBABILITIES).mask(image).values()).containsOnly(0.5f);
      assertThat(second.mask(image).values()).containsOnly(0);
      assertThatThrownBy(() -> BackgroundRemoval.of(model, "third"))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("third is not one of [first, second, vector, colors]");
      for (String other : new String[] {"vector", "colors"}) {
        assertThatThrownBy(() -> BackgroundRemoval.of(model, other))
            .isInstanceOf(ShapeException.class)
            .hasMessageContaining("must be a map, HxW or 1xHxW");
      }
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    Network two =
        Network.builder("two")
            .input("a", INPUT)
            .input("b", INPUT)
            .add("sum", new Add(), "a", "b")
            .build();
    try (Model model = Model.of(ModelData.untrained(two, 1))) {
      assertThatThrownBy(() -> BackgroundRemoval.of(model))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("has inputs [a, b], expected one image");
    }
    try (Model five = SlowMaps.model(Shape.of(5, 8, 8), new Reshape(1, 20, 16))) {
      BackgroundRemoval removal = BackgroundRemoval.of(five);
      assertThatThrownBy(() -> removal.mask(SlowMaps.noise(3, 4, 4)))
          .isInstanceOf(ShapeException.class);
    }
    Model model = SlowMaps.model(INPUT, new Abs());
    BackgroundRemoval removal = BackgroundRemoval.of(model);
    for (Runnable call :
        new Runnable[] {
          () -> BackgroundRemoval.of(null),
          () -> removal.values(null),
          () -> BackgroundRemoval.of(model, null),
          () -> removal.mask((Image) null),
          () -> removal.mask((Path) null)
        }) {
      assertThatThrownBy(call::run)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is null");
    }
    assertThatThrownBy(() -> removal.mask(Path.of("none.png")))
        .isInstanceOf(NotFoundException.class);
    model.close();
    assertThatThrownBy(() -> removal.mask(SlowMaps.noise(1, 4, 4)))
        .isInstanceOf(ClosedException.class);
  }

  @Test
  void aDynamicSizeIsThatOfThePreprocessing() {
    ModelData data = SlowMaps.data(Shape.of(1, Shape.FREE, Shape.FREE), new Abs());
    Preprocessing how = data.preprocessing().get(Network.INPUT).size(Size.of(4));
    Image image = SlowMaps.noise(1, 12, 9);
    try (Model model = Model.of(data.withPreprocessing(how))) {
      double[][] in = SlowMaps.pixels(how.resized(image, model.network().input()));
      assertThat(in).hasDimensions(4, 4);
      isClose(
          BackgroundRemoval.of(model).mask(image), SlowMaps.resized(SlowMaps.minMax(in), 12, 9));
    }
  }
}
