package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.engine.Engine;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Means over nothing, and outputs of one place. */
class WeightlessClassTest {
  private static final Shape IMAGE = Shape.of(1, 4, 4);
  private static final int SAMPLES = 6;

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  private static Dataset data() {
    Values values = Values.floats(3);
    float[] x = values.array(SAMPLES, 1, 4, 4).toFloats();
    return Dataset.of("noise", IMAGE, List.of("a", "b"), x, new int[] {0, 1, 0, 1, 1, 0});
  }

  private static Map<String, float[]> trained(Dataset data) {
    Network network = Network.of("n", IMAGE, new Flatten(), new Linear(2));
    CrossEntropy loss = new CrossEntropy(0, new float[] {1, 0}, Reduction.MEAN);
    try (Trainer trainer =
        Trainer.builder(network).loss(loss).batch(SAMPLES).optimizer(new Sgd(0.1f)).build()) {
      trainer.fit(data, 3);
      return trainer.modelData(Map.of()).weights();
    }
  }

  /** The gradient of a sample whose class weighs nothing is 0, and not 0 divided by 0. */
  @Test
  void aClassWithoutWeightTeachesNothing() {
    Map<String, float[]> plain = trained(data());
    Map<String, float[]> weighted = trained(data().withWeights(1, 1, 1, 1, 1, 1));
    weighted.forEach(
        (name, all) -> assertThat(all).as(name).containsExactly(plain.get(name), within(1e-6f)));
    Map<String, float[]> first = trained(data().withWeights(1, 5, 0, 7, 0, 0));
    assertThat(first.values()).allSatisfy(all -> assertThat(all[0]).isFinite());
  }

  /** {@code [C, 1, 1]} has no places that a view moves. */
  @Test
  void viewsAreForOutputsOfOnePlaceToo() {
    Network network = Network.of("n", IMAGE, new Conv2d(2, 3).padding(1), new AdaptiveAvgPool2d(1));
    try (Trainer trainer = Trainer.builder(network).loss(new CrossEntropy()).build()) {
      double loss = trainer.evaluate(data(), TestTimeAugmentation.flip()).loss();
      assertThat(loss).isFinite().isNotEqualTo(trainer.evaluate(data()).loss());
    }
  }
}
