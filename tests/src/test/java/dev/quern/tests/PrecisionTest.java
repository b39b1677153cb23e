package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.engine.Precision;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Winograd's convolution runs by default, never under strict precision, and nearly agrees. */
class PrecisionTest {
  private static final Network NETWORK =
      Network.of(
          "two",
          Shape.of(8, 9, 9),
          new Conv2d(16, 3).padding(1),
          new Relu(),
          new Conv2d(8, 3),
          new Flatten(),
          new Linear(3));

  private static Tensor images(Arena arena) {
    Random random = new Random(1);
    float[] values = new float[4 * 8 * 81];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return arena.tensor(Shape.of(4, 8, 9, 9), values);
  }

  private static ModelData trained(Precision precision) {
    try (Trainer trainer = Trainer.builder(NETWORK).batch(4).precision(precision).build();
        Arena arena = new Arena()) {
      for (int i = 0; i < 3; i++) {
        trainer.step(images(arena), 0, 1, 2, 1);
      }
      return trainer.modelData(List.of("a", "b", "c"), Map.of());
    }
  }

  private static float[] predicted(ModelData data, Precision precision) {
    try (Model model = Model.of(data, precision);
        Arena arena = new Arena()) {
      return model.predict(images(arena)).toArray();
    }
  }

  @Test
  void smallConvolutionsAreTransformedByDefault() {
    assertThat(Conv2dPass.implementations()).containsSubsequence("winograd", "direct");
    assertThat(Eager.of(new Conv2d(16, 3)).accepts("winograd", Shape.of(4, 8, 9, 9))).isTrue();
  }

  @Test
  void strictPredictionsAreThoseOfPlainSums() {
    ModelData data = trained(Precision.DEFAULT);
    float[] strict = predicted(data, Precision.STRICT);
    float[][] direct = new float[1][];
    Passes.forcing("direct", () -> direct[0] = predicted(data, Precision.DEFAULT));
    assertThat(strict).isEqualTo(direct[0]);
    assertThat(predicted(data, Precision.DEFAULT)).isNotEqualTo(strict);
    assertThat(predicted(data, Precision.DEFAULT)).containsExactly(strict, within(1e-5f));
  }

  @Test
  void strictTrainingIsThatOfPlainSums() {
    ModelData strict = trained(Precision.STRICT);
    ModelData[] direct = new ModelData[1];
    Passes.forcing("direct", () -> direct[0] = trained(Precision.DEFAULT));
    Map<String, float[]> fast = trained(Precision.DEFAULT).weights();
    strict
        .weights()
        .forEach(
            (name, values) -> {
              assertThat(values).as(name).isEqualTo(direct[0].weights().get(name));
              assertThat(values).as(name).containsExactly(fast.get(name), within(1e-5f));
            });
  }
}
