package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.io.NetworkJson;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.GradientReport;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks of signals learn, and [L], [1, L] and [1, 1, L] are one thing to them. */
class SignalsTest {
  private static final int LENGTH = 256;

  private static final String JSON =
      """
      {"name": "waves", "input": [256], "layers": [
        {"type": "conv1d", "out_channels": 8, "kernel": 7, "stride": 2, "padding": 3},
        {"type": "batch_norm1d"}, {"type": "relu"}, {"type": "max_pool1d", "kernel": 2},
        {"type": "conv1d", "out_channels": 16, "kernel": 5, "padding": 2},
        {"type": "batch_norm1d"}, {"type": "relu"},
        {"type": "adaptive_avg_pool1d", "output_size": 4},
        {"type": "flatten"}, {"type": "linear", "out_features": 3}]}
      """;

  private static Network waves(Shape input) {
    return Network.of(
        "waves",
        input,
        new Conv1d(8, 7).stride(2).padding(3),
        new BatchNorm1d(),
        new Relu(),
        new MaxPool1d(2),
        new Conv1d(16, 5).padding(2),
        new BatchNorm1d(),
        new Relu(),
        new AdaptiveAvgPool1d(4),
        new Flatten(),
        new Linear(3));
  }

  /** Sine, square and sawtooth of any frequency and phase, with noise. */
  private static Dataset waves(int count, long seed, Shape shape) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * LENGTH];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(3);
      double frequency = 2 + 6 * random.nextDouble();
      double phase = random.nextDouble();
      for (int k = 0; k < LENGTH; k++) {
        double at = frequency * k / LENGTH + phase;
        double saw = 2 * (at - Math.floor(at)) - 1;
        double sine = Math.sin(2 * Math.PI * at);
        double wave = labels[i] == 0 ? sine : labels[i] == 1 ? Math.signum(sine) : saw;
        values[i * LENGTH + k] = (float) (wave + 0.2 * (2 * random.nextDouble() - 1));
      }
    }
    return Dataset.of("waves", shape, List.of("sine", "square", "sawtooth"), values, labels);
  }

  private static double accuracy(Network network, Shape samples) {
    Dataset all = waves(2400, 5, samples);
    try (Trainer trainer =
        Trainer.builder(network).batch(32).optimizer(new AdamW(0.005f)).seed(1).build()) {
      trainer.fit(all.slice(0, 2000), 4);
      return trainer.evaluate(all.slice(2000, 2400)).accuracy();
    }
  }

  @Test
  void waveformsAreLearned() {
    assertThat(accuracy(waves(Shape.of(LENGTH)), Shape.of(LENGTH))).isGreaterThan(0.95);
  }

  @Test
  void aDescriptionIsTheSameNetwork() {
    Network network = NetworkJson.read(JSON);
    assertThat(network).isEqualTo(waves(Shape.of(LENGTH)));
    assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
    assertThat(accuracy(network, Shape.of(1, LENGTH))).isGreaterThan(0.95);
  }

  /** One mean for the signal, and one for each value. */
  static Stream<Normalization> normalizations() {
    return Stream.of(Shape.of(1, LENGTH), Shape.of(LENGTH))
        .map(s -> waves(40, 3, s).normalization());
  }

  @Test
  void rowsHaveAMeanForEachValue() {
    assertThat(normalizations().map(Normalization::channels)).containsExactly(1, LENGTH);
  }

  /** To the bit, for every form of the network's input and of the data's samples. */
  @ParameterizedTest
  @MethodSource("normalizations")
  void everyFormOfASignalIsOneThing(Normalization normalization) {
    List<Shape> forms = List.of(Shape.of(LENGTH), Shape.of(1, LENGTH), Shape.of(1, 1, LENGTH));
    double wanted = -1;
    for (Shape input : forms) {
      for (Shape samples : forms) {
        Dataset data = waves(40, 3, samples);
        try (Trainer trainer =
                Trainer.builder(waves(input))
                    .normalization(normalization)
                    .batch(8)
                    .seed(1)
                    .build();
            Arena arena = new Arena()) {
          trainer.fit(data, 1);
          Tensor batch = arena.tensor(samples.batch(2), new float[2 * LENGTH]);
          double loss = trainer.evaluate(data).loss() + trainer.step(batch, new int[] {0, 1});
          try (Model model = Model.of(trainer.modelData(data.classes(), Map.of()))) {
            float[] logits = model.predict(batch).toArray();
            assertThat(logits).hasSize(6).doesNotContain(Float.NaN);
          }
          wanted = wanted < 0 ? loss : wanted;
          assertThat(loss).as("samples %s into %s", samples, input).isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  void otherShapesAreNotSignals() {
    Network network = waves(Shape.of(LENGTH));
    try (Trainer trainer = Trainer.builder(network).batch(2).build();
        Arena arena = new Arena()) {
      for (Shape bad : List.of(Shape.of(2, 2, 128), Shape.of(2, LENGTH, 1), Shape.of(2, 255))) {
        assertThatThrownBy(() -> trainer.step(arena.tensor(bad), new int[2]))
            .isInstanceOf(ShapeException.class)
            .hasMessageContaining("do not fit the input 256");
      }
    }
    assertThatThrownBy(() -> new Conv1d(4, 3).outputShape(Shape.of(2, 3, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "conv1d: input 2x3x4 is not a signal, expected [length], [channels, length] or"
                + " [channels, 1, length]");
    assertThatThrownBy(() -> new Conv1d(4, 5).outputShape(Shape.of(2, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv1d, computed as conv2d: kernel 1x5 does not fit the padded input 1x3");
    assertThatThrownBy(() -> new MaxPool1d(3).padding(3))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("max_pool1d: padding 3 must be less than the kernel's extent 3");
  }

  @Test
  void shapesAreTheUsersOwn() {
    Layer conv = new Conv1d(4, 3).stride(2);
    assertThat(conv.outputShape(Shape.of(9))).isEqualTo(Shape.of(4, 4));
    assertThat(conv.outputShape(Shape.of(2, 9))).isEqualTo(Shape.of(4, 4));
    assertThat(conv.outputShape(Shape.of(2, 1, 9))).isEqualTo(Shape.of(4, 1, 4));
    assertThat(conv.outputShape(Shape.of(2, 1, Shape.FREE))).isEqualTo(Shape.of(4, 1, Shape.FREE));
    assertThat(conv.parameters(Shape.of(2, 9)).get(0).shape()).isEqualTo(Shape.of(4, 2, 3));
    assertThat(new BatchNorm1d().outputShape(Shape.of(9))).isEqualTo(Shape.of(9));
    assertThat(new BatchNorm1d().buffers(Shape.of(9)).get(0).shape()).isEqualTo(Shape.of(9));
  }

  /** Of batches that normalization leaves something of. */
  @Test
  void gradientsOfNormalisedFeaturesAgree() {
    GradientReport report = new GradientCheck().batch(9).run(SignalNetworks.features());
    assertThat(report.passed()).as("%n%s", report).isTrue();
  }
}
