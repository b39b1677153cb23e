package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.loss.CrossEntropy;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An evaluation between two steps of training goes by the weights and running statistics of that
 * moment, though normalization is folded into convolutions there and the plan is kept from one
 * evaluation to the next.
 */
class RunningStatisticsTest {
  private static final Network NETWORK =
      Topology.classifier(
          Topology.network(
              "rgb: x conv; c nobias; n bn; s add n x; r relu; d depth8; m bn; e relu6; p bn; q relu"));

  private static final int BATCH = 8;
  private static final int TEST_IMAGES = 21;
  private static final List<String> CLASSES = List.of("a", "b", "c");

  private final Values values = Values.floats(11);

  private final Dataset test = dataset();

  private Dataset dataset() {
    byte[] pixels = new byte[TEST_IMAGES * (int) NETWORK.input().elements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values.nextInt(0, 255);
    }
    return Dataset.of("noise", Shape.of(3, 7, 6), CLASSES, pixels, values.labels(TEST_IMAGES, 3));
  }

  private NdArray testImages() {
    NdArray images = new NdArray(NETWORK.input().batch(TEST_IMAGES));
    int each = (int) NETWORK.input().elements();
    for (int i = 0; i < images.size(); i++) {
      images.set(i, (test.image(i / each)[i % each] & 0xff) / 255.0);
    }
    return images;
  }

  private TrainerBuilder builder() {
    return Trainer.builder(NETWORK)
        .batch(BATCH)
        .normalization(Normalization.unit(3))
        .optimizer(new Sgd(0.05f, 0.9f));
  }

  @Test
  void evaluationsDuringTrainingAreOfThatMoment() {
    trainsAndEvaluates(builder());
  }

  @Test
  void averagedWeightsGoByAveragedStatistics() {
    trainsAndEvaluates(builder().ema(0.5));
  }

  private void trainsAndEvaluates(TrainerBuilder builder) {
    Set<Double> losses = new HashSet<>();
    try (Trainer trainer = builder.build();
        Arena arena = new Arena()) {
      losses.add(evaluated(trainer));
      for (int step = 1; step <= 5; step++) {
        NdArray images = values.array(NETWORK.input().batch(BATCH));
        trainer.step(Values.tensor(arena, images), values.labels(BATCH, 3));
        losses.add(evaluated(trainer));
        assertThat(losses).as("each step moves the loss").hasSize(step + 1);
      }
    }
  }

  private double evaluated(Trainer trainer) {
    ModelData now = trainer.modelData(CLASSES, Map.of());
    NdArray logits = ReferenceNetwork.of(now).output(testImages());
    int[] labels = new int[TEST_IMAGES];
    for (int i = 0; i < TEST_IMAGES; i++) {
      labels[i] = test.label(i);
    }
    double wanted = CrossEntropyReference.forward(new CrossEntropy(), logits, labels);
    Evaluation got = trainer.evaluate(test);
    assertThat(got.loss()).isCloseTo(wanted, within(1e-5 * Math.max(1, wanted)));
    assertThat(trainer.evaluate(test)).as("once more").isEqualTo(got);
    return got.loss();
  }
}
