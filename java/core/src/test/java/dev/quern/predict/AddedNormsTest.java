package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Batch normalizations put behind convolutions: answers stay, and they are where they should be.
 */
class AddedNormsTest {
  private static final Dataset DATA = Synthetic.quarters(70, 1);
  private static final Network NET =
      Network.of(
          "net",
          Shape.of(1, 12, 12),
          new Conv2d(3, 3),
          new Relu(),
          new Conv2d(5, 3),
          new BatchNorm2d(),
          new Conv2d(4, 3).bias(false),
          new Flatten(),
          new Linear(4));

  private static ModelData trained() {
    try (Trainer t = Trainer.builder(NET).batch(10).build()) {
      t.fit(DATA, 2);
      return t.modelData(Map.of());
    }
  }

  private static Evaluation evaluation(ModelData data) {
    try (Model m = Model.of(data)) {
      return m.evaluate(DATA);
    }
  }

  @Test
  void answersStay() {
    ModelData before = trained();
    ModelData after = before.withBatchNorms(DATA);
    assertThat(after.network().nodes().stream().map(Network.Node::name))
        .containsExactly(
            "conv2d1",
            "conv2d1.bn",
            "relu1",
            "conv2d2",
            "batch_norm2d1",
            "conv2d3",
            "conv2d3.bn",
            "flatten1",
            "linear1");
    assertThat(after.preprocessing()).isEqualTo(before.preprocessing());
    assertThat(evaluation(after).loss()).isCloseTo(evaluation(before).loss(), offset(1e-5));
    assertThat(after.withBatchNorms(DATA).network()).isEqualTo(after.network());
  }

  /** Logits are not normalized, as in MobileNetV2 of ONNX's zoo. */
  @Test
  void aConvolutionThatIsTheHeadStaysWithout() {
    Network ends =
        Network.of(
            "ends",
            Shape.of(1, 12, 12),
            new Conv2d(3, 3),
            new AdaptiveAvgPool2d(1),
            new Conv2d(4, 1),
            new Flatten());
    ModelData after = ModelData.untrained(ends, 1).withBatchNorms(DATA);
    assertThat(after.network().nodes().stream().map(Network.Node::name))
        .containsExactly("conv2d1", "conv2d1.bn", "adaptive_avg_pool2d1", "conv2d2", "flatten1");
  }

  /** A step in training normalizes by the batch's statistics, which are those of the images. */
  @Test
  void statisticsAreThoseOfTheImages() {
    ModelData after = trained().withBatchNorms(DATA);
    try (Trainer t =
        Trainer.builder(after.network())
            .weights(after.weights())
            .batch(70)
            .optimizer(new Sgd(0))
            .build()) {
      t.fit(DATA, 1);
      float[] mean = t.modelData(Map.of()).weights().get("conv2d1.bn.running_mean");
      float[] was = after.weights().get("conv2d1.bn.running_mean");
      for (int c = 0; c < mean.length; c++) {
        assertThat(mean[c]).isCloseTo(was[c], offset(1e-5f));
      }
    }
  }

  @Test
  void refuses() {
    ModelData model = trained();
    assertThatThrownBy(() -> model.withBatchNorms(null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("images");
    assertThatThrownBy(() -> model.withBatchNorms(DATA.slice(0, 0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("0 samples");
    Dataset floats =
        Dataset.of("floats", Shape.of(1, 12, 12), List.of("a"), new float[144], new int[1]);
    assertThatThrownBy(() -> model.withBatchNorms(floats))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("FLOATS");
    Dataset small = Dataset.of("small", Shape.of(1, 3, 3), List.of("a"), new byte[9], new int[1]);
    assertThatThrownBy(() -> model.withBatchNorms(small)).isInstanceOf(ShapeException.class);
  }
}
