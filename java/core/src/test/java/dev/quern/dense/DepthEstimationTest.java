package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Log;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthEstimationTest {
  private static final Shape INPUT = Shape.of(1, 6, 10);

  /** The values are those of the network, as MiDaS's output of rank 2 or one of rank 3. */
  @ParameterizedTest
  @CsvSource({"1, 1", "6, 10", "13, 4", "2, 40"})
  void theMapIsResizedOnly(int height, int width) {
    Image image = SlowMaps.noise(1, height, width);
    try (Model planes = SlowMaps.model(INPUT, new Affine(300, -100));
        Model rows = SlowMaps.model(INPUT, new Affine(300, -100), new Reshape(6, 10))) {
      DepthMap depth = DepthEstimation.of(planes).depth(image);
      double[][] in =
          SlowMaps.pixels(planes.data().preprocessing().get(Network.INPUT).resized(image, INPUT));
      double[][] wanted = SlowMaps.resized(in, height, width);
      assertThat(depth).hasToString("DepthMap " + height + "x" + width);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          assertThat((double) depth.at(y, x)).isCloseTo(300 * wanted[y][x] - 100, within(1e-4));
        }
      }
      assertThat(DepthEstimation.of(rows).depth(image)).isEqualTo(depth);
    }
  }

  @Test
  void anotherOutputAndWrongArguments() {
    Network network =
        Network.builder("two", INPUT)
            .add("near", new Affine(0, 1), Network.INPUT)
            .add("far", new Affine(0, -3), Network.INPUT)
            .add("vector", new Reshape(60), Network.INPUT)
            .output("near", "far", "vector")
            .build();
    Image image = SlowMaps.noise(3, 2, 3);
    try (Model model = Model.of(ModelData.untrained(network, 1));
        Model log = SlowMaps.model(INPUT, new Affine(0, -1), new Log())) {
      DepthEstimation estimation = DepthEstimation.of(model);
      assertThat(estimation.depth(image).values()).hasSize(6).containsOnly(1);
      assertThat(DepthEstimation.of(model, "far").depth(image).values())
          .hasSize(6)
          .containsOnly(-3);
      assertThatThrownBy(() -> DepthEstimation.of(model, "vector"))
          .isInstanceOf(ShapeException.class);
      assertThatThrownBy(() -> DepthEstimation.of(model, "other"))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> DepthEstimation.of(log).depth(image))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("depth estimation: output");
      for (Runnable call :
          new Runnable[] {
            () -> DepthEstimation.of(null),
            () -> DepthEstimation.of(model, null),
            () -> estimation.depth((Image) null),
            () -> estimation.depth((Path) null)
          }) {
        assertThatThrownBy(call::run).isInstanceOf(InvalidArgumentException.class);
      }
    }
  }
}
