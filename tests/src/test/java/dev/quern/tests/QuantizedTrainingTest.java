package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.DownloadListener;
import dev.quern.io.dataset.Split;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training of quantized layers: the straight-through gradient against the twins in double
 * precision, and what it is for, accuracy that rounding had taken.
 */
class QuantizedTrainingTest {
  private static final int BATCH = 3;

  private static Network network() {
    return Network.builder("quantized", Shape.of(2, 7, 6))
        .add("in", new FakeQuantize(1 / 100f, 3, -128, 127))
        .add("conv", new QuantizedConv2d(new Conv2d(5, 3).padding(1).bias(false)))
        .add("bn", new BatchNorm2d())
        .add("relu", new Relu())
        .add("q1", new FakeQuantize(1 / 40f, -128, -128, 127))
        .add("wise", new QuantizedConv2d(new Conv2d(5, 3).groups(5).stride(2)))
        .add("q2", new FakeQuantize(1 / 90f, 1, -128, 127))
        .add("flat", new Flatten())
        .add("fc", new QuantizedLinear(new Linear(4)))
        .build();
  }

  /** Floats, not whole numbers, as trained weights are. */
  private static Map<String, float[]> masters(Network network, Values values) {
    Map<String, float[]> all = new LinkedHashMap<>();
    network.state().forEach((name, shape) -> all.put(name, values.array(shape).toFloats()));
    network.buffers().forEach((name, b) -> all.put(name, filled(b.shape(), b.initial())));
    return all;
  }

  private static float[] filled(Shape shape, float value) {
    float[] all = new float[(int) shape.elements()];
    Arrays.fill(all, value);
    return all;
  }

  private static Map<String, float[]> rounded(Network network, Map<String, float[]> masters) {
    Map<String, float[]> all = new LinkedHashMap<>(masters);
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof Quantized q) {
        float[] values = masters.get(n.name() + ".weight").clone();
        all.put(n.name() + "." + Quantized.SCALE, Quantized.round(values, q.channels()));
        all.put(n.name() + ".weight", values);
      }
    }
    return all;
  }

  private static ReferenceNetwork twin(Network network, Map<String, float[]> weights) {
    Map<String, NdArray> all = new LinkedHashMap<>();
    network.state().forEach((name, s) -> all.put(name, NdArray.of(s, weights.get(name))));
    return new ReferenceNetwork(network, all);
  }

  /** The largest difference of any gradient, relative to its tensor's largest. */
  private static double error(Map<String, float[]> got, Map<String, NdArray> wanted) {
    double worst = 0;
    for (Map.Entry<String, NdArray> e : wanted.entrySet()) {
      float[] g = got.get(e.getKey());
      double largest = 1e-3;
      double difference = 0;
      for (int i = 0; i < g.length; i++) {
        largest = Math.max(largest, Math.abs(e.getValue().get(i)));
        difference = Math.max(difference, Math.abs(g[i] - e.getValue().get(i)));
      }
      worst = Math.max(worst, difference / largest);
    }
    return worst;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void gradientsAreThoseOfTheRoundedWeights(long seed) {
    Network network = network();
    Values values = Values.floats(seed);
    Map<String, float[]> masters = masters(network, values);
    NdArray input = values.array(network.input().batch(BATCH));
    int[] labels = values.labels(BATCH, 4);
    CrossEntropy loss = new CrossEntropy();
    try (Trainer t =
            Trainer.builder(network)
                .batch(BATCH)
                .optimizer(new Sgd(0.125f))
                .weights(masters)
                .build();
        Arena arena = new Arena()) {
      double lost = t.step(Values.tensor(arena, input), labels);
      Map<String, float[]> got = t.gradients();
      ReferenceNetwork.LossAndGradients wanted =
          twin(network, rounded(network, masters)).lossAndGradients(input, labels, loss);
      assertThat(Math.abs(lost - wanted.loss())).isLessThan(1e-5);
      assertThat(error(got, wanted.gradients().parameters())).isLessThan(1e-4);
      // rounding is what makes them so
      ReferenceNetwork.LossAndGradients unrounded =
          twin(network, masters).lossAndGradients(input, labels, loss);
      assertThat(error(got, unrounded.gradients().parameters())).isGreaterThan(1e-3);
      // and the master goes by them
      for (String name : network.parameters().keySet()) {
        float[] now = t.state().tensors().get("weights." + name);
        for (int i = 0; i < now.length; i++) {
          assertThat(now[i]).isEqualTo(masters.get(name)[i] - 0.125f * got.get(name)[i]);
        }
      }
    }
  }

  private static Dataset sample(Split split) {
    Path folder = Path.of(System.getProperty("quern.root")).resolve("data/fashion-mnist-sample");
    return Datasets.load("fashion-mnist-sample", split, folder, false, DownloadListener.NONE);
  }

  /** Three values of each layer's output: ranges stay, steps become as many times larger. */
  private static ModelData coarse(ModelData data) {
    Network network = data.network();
    for (Network.Node n : data.network().nodes()) {
      if (n.layer() instanceof FakeQuantize q && q.zeroPoint() == q.quantMin()) {
        FakeQuantize few = new FakeQuantize(q.scale() * 255 / 2, 0, 0, 2);
        network = network.replace(n.name(), few);
      }
    }
    return data.withNetwork(network);
  }

  private static double accuracy(ModelData data, Dataset test) {
    try (Model m = Model.of(data)) {
      return m.evaluate(test).accuracy();
    }
  }

  @Test
  void anEpochBringsBackWhatRoundingTook() {
    Dataset train = sample(Split.TRAIN).slice(0, 4000);
    Dataset test = sample(Split.TEST);
    Network network =
        Network.of(
            "small",
            Shape.of(1, 28, 28),
            new Conv2d(8, 3).stride(2).bias(false),
            new BatchNorm2d(),
            new Relu(),
            new Conv2d(16, 3).bias(false),
            new BatchNorm2d(),
            new Relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(10));
    ModelData floats;
    try (Trainer t =
        Trainer.builder(network)
            .normalization(train.normalization())
            .optimizer(new Sgd(0.02f, 0.9f))
            .build()) {
      t.fit(train, 3);
      floats = t.modelData(train.classes(), Map.of());
    }
    ModelData few = coarse(Quantization.of(floats).calibrate(train, 300).data());
    double before = accuracy(floats, test);
    double lost = accuracy(few, test);
    assertThat(lost).as("of %s in floats", before).isLessThan(before - 0.05);
    double statistics = accuracy(tuned(few, 0, train, test), test); // without gradients
    double gained = accuracy(tuned(few, 0.01f, train, test), test);
    assertThat(gained).as("by statistics alone %s", statistics).isGreaterThan(statistics + 0.02);
    assertThat(gained).isGreaterThan(lost + 0.04);
  }

  private static ModelData tuned(ModelData of, float lr, Dataset train, Dataset test) {
    try (Trainer t =
        Trainer.builder(of.network())
            .weights(of.weights())
            .preprocessing(of.preprocessing().values().iterator().next())
            .optimizer(new Sgd(lr, 0.9f))
            .build()) {
      t.fit(train, 1);
      ModelData tuned = t.modelData(Map.of());
      assertThat(t.evaluate(test).accuracy()).isEqualTo(accuracy(tuned, test));
      return tuned;
    }
  }
}
