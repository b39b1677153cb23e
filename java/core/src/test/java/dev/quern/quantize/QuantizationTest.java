package dev.quern.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.engine.Precision;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuantizationTest {
  static final Dataset TRAIN = Synthetic.quarters(256, 1);
  private static final Dataset TEST = Synthetic.quarters(200, 2);
  static final Network NET =
      Network.builder("residual", Shape.of(1, 12, 12))
          .add("conv1", new Conv2d(6, 3).padding(1).bias(false))
          .add("bn1", new BatchNorm2d())
          .add("relu1", new Relu())
          .add("conv2", new Conv2d(6, 3).padding(1).bias(false))
          .add("bn2", new BatchNorm2d())
          .add("sum", new Add(), "bn2", "relu1")
          .add("relu2", new Relu())
          .add("wise", new Conv2d(6, 3).padding(1).groups(6))
          .add("relu3", new Relu())
          .add("conv3", new Conv2d(8, 1))
          .add("relu4", new Relu())
          .add("pool", new MaxPool2d(3))
          .add("flat", new Flatten())
          .add("fc", new Linear(4))
          .build();

  private static ModelData trained;

  @BeforeAll
  static void train() {
    try (Trainer t =
        Trainer.builder(NET)
            .batch(16)
            .optimizer(new Sgd(0.05f, 0.9f))
            .normalization(TRAIN.normalization())
            .build()) {
      t.fit(TRAIN, 3);
      trained = t.modelData(TRAIN.classes(), Map.of());
    }
  }

  private static float[] answers(ModelData data, Precision precision) {
    try (Model m = Model.of(data, precision);
        Arena arena = new Arena()) {
      byte[][] images = new byte[8][];
      for (int i = 0; i < images.length; i++) {
        images[i] = TEST.image(i);
      }
      return m.predict(data.normalization().batch(arena, TEST.shape(), images)).toArray();
    }
  }

  private static double accuracy(ModelData data) {
    try (Model m = Model.of(data)) {
      return m.evaluate(TEST).accuracy();
    }
  }

  @Test
  void trainedNetworkKeepsItsAccuracy() {
    double before = accuracy(trained);
    assertThat(before).isGreaterThan(0.9);
    for (CalibrationMethod m : CalibrationMethod.values()) {
      QuantizedModel made = Quantization.of(trained).method(m).heldOut(TEST).calibrate(TRAIN, 100);
      QuantizationReport report = made.report();
      assertThat(accuracy(made.data())).as(m.name()).isCloseTo(before, offset(0.02));
      assertThat(report.accuracyBefore()).isEqualTo(before);
      assertThat(report.accuracyAfter()).isEqualTo(accuracy(made.data()));
      assertThat(report.quantized()).isEqualTo(5);
      assertThat(report.images()).isEqualTo(100);
      assertThat(report.worst(5))
          .hasSize(5)
          .allSatisfy(l -> assertThat(l.ownSnr()).isGreaterThan(25));
      float[] whole = answers(made.data(), Precision.DEFAULT);
      float[] floats = answers(made.data(), Precision.STRICT);
      float[] wanted = answers(trained, Precision.DEFAULT);
      for (int i = 0; i < wanted.length; i++) {
        assertThat(whole[i]).as(m.name()).isCloseTo(floats[i], offset(0.2f));
        assertThat(whole[i]).as(m.name()).isCloseTo(wanted[i], offset(3f));
      }
    }
  }

  /** What functions, gates, averages and sums read is rounded once more. */
  @Test
  void gatedNetworkKeepsItsAccuracy() {
    Network gated =
        Network.builder("gated", Shape.of(1, 12, 12))
            .add("conv1", new Conv2d(8, 3).padding(1))
            .add("bn1", new BatchNorm2d())
            .add("swish1", new Hardswish())
            .add("squeeze", new AdaptiveAvgPool2d(1))
            .add("excite", new Conv2d(8, 1))
            .add("sigmoid", new Sigmoid())
            .add("gate", new Multiply(), "swish1", "sigmoid")
            .add("conv2", new Conv2d(8, 3).padding(1))
            .add("silu", new Silu())
            .add("sum", new Add(), "silu", "gate")
            .add("avg", new AvgPool2d(2))
            .add("conv3", new Conv2d(8, 3))
            .add("relu", new Relu())
            .add("flat", new Flatten())
            .add("fc", new Linear(4))
            .build();
    try (Trainer t =
        Trainer.builder(gated)
            .batch(16)
            .optimizer(new Sgd(0.05f, 0.9f))
            .normalization(TRAIN.normalization())
            .build()) {
      t.fit(TRAIN, 4);
      ModelData floats = t.modelData(TRAIN.classes(), Map.of());
      double before = accuracy(floats);
      assertThat(before).isGreaterThan(0.9);
      ModelData made = Quantization.of(floats).calibrate(TRAIN, 100).data();
      assertThat(accuracy(made)).isCloseTo(before, offset(0.02));
      assertThat(made.network().facts("sum.quantize").type()).isEqualTo("fake_quantize");
    }
  }

  @Test
  void bytesStandWhereChainsEnd() {
    Network made = Quantization.of(trained).calibrate(TRAIN, 20).data().network();
    List<String> rounds =
        made.nodes().stream()
            .filter(n -> n.layer() instanceof FakeQuantize)
            .flatMap(n -> n.inputs().stream())
            .toList();
    assertThat(rounds).containsExactly("input", "relu1", "relu2", "relu3", "relu4");
    for (Network.Node n : made.nodes()) {
      assertThat(n.layer()).isNotInstanceOfAny(Conv2d.class, Linear.class);
      if (n.layer() instanceof FakeQuantize q && !n.inputs().get(0).equals("input")) {
        assertThat(q.zeroPoint()).as("behind a ReLU").isZero();
      }
    }
    assertThat(made.tasks()).isEqualTo(trained.network().tasks());
  }

  @Test
  void equalizationChangesNoBitOfTheFloats() {
    ModelData skewed = skewed();
    ModelData equal = new Equalization(skewed).by(new Images(TRAIN, 50));
    assertThat(equal.weights().get("wise.weight"))
        .isNotEqualTo(skewed.weights().get("wise.weight"));
    assertThat(answers(equal, Precision.DEFAULT)).isEqualTo(answers(skewed, Precision.DEFAULT));
    assertThat(answers(equal, Precision.STRICT)).isEqualTo(answers(skewed, Precision.STRICT));
    double apart = snr(Quantization.of(skewed).equalization(false), "conv3");
    double level = snr(Quantization.of(skewed), "conv3");
    assertThat(level).isGreaterThan(apart + 6);
  }

  /** The same function, with channels before the last convolution in unlike ranges. */
  private static ModelData skewed() {
    Map<String, float[]> weights = new LinkedHashMap<>(trained.weights());
    float[] wise = weights.get("wise.weight").clone();
    float[] bias = weights.get("wise.bias").clone();
    float[] conv3 = weights.get("conv3.weight").clone();
    for (int c = 0; c < 6; c++) {
      float by = c == 2 ? 100 : 1;
      for (int i = 0; i < 9; i++) {
        wise[c * 9 + i] *= by;
      }
      bias[c] *= by;
      for (int o = 0; o < 8; o++) {
        conv3[o * 6 + c] /= by;
      }
    }
    weights.put("wise.weight", wise);
    weights.put("wise.bias", bias);
    weights.put("conv3.weight", conv3);
    return new ModelData(NET, weights, trained.preprocessing(), Map.of());
  }

  private static double snr(Quantization how, String layer) {
    return how.calibrate(TRAIN, 50).report().layers().stream()
        .filter(l -> l.name().equals(layer))
        .findFirst()
        .orElseThrow()
        .ownSnr();
  }

  @Test
  void biasCorrectionTakesTheMeanOut() {
    for (String layer : List.of("conv2", "fc")) {
      assertThat(meanError(true, layer)).as(layer).isLessThan(0.3 * meanError(false, layer));
    }
  }

  /** Of the answers' means by class, or of the normalization's, where nothing else is quantized. */
  private static double meanError(boolean corrected, String layer) {
    String[] others =
        NET.nodes().stream()
            .filter(n -> n.layer() instanceof Conv2d || n.layer() instanceof Linear)
            .map(Network.Node::name)
            .filter(n -> !n.equals(layer))
            .toArray(String[]::new);
    ModelData made =
        Quantization.of(trained)
            .equalization(false)
            .biasCorrection(corrected)
            .keep(others)
            .calibrate(TRAIN, 256)
            .data();
    String end = layer.equals("conv2") ? "bn2" : layer;
    ErrorSums sums = new ErrorSums(NET.shapes().get(end));
    new Images(TRAIN, 256)
        .compare(trained, made, List.of(end), (f, q) -> sums.add(f.get(end), q.get(end)));
    double sum = 0;
    for (double mean : sums.means()) {
      sum += Math.abs(mean);
    }
    return sum;
  }

  /** Weights that one giant rounds away: it reads what is always 0. */
  private static ModelData hard() {
    Map<String, float[]> weights = new LinkedHashMap<>(trained.weights());
    float[] conv3 = weights.get("conv3.weight").clone();
    float[] wise = weights.get("wise.weight").clone();
    float[] bias = weights.get("wise.bias").clone();
    for (int o = 0; o < 8; o++) {
      conv3[o * 6] = 1e4f;
    }
    Arrays.fill(wise, 0, 9, 0);
    bias[0] = -1;
    weights.put("conv3.weight", conv3);
    weights.put("wise.weight", wise);
    weights.put("wise.bias", bias);
    return new ModelData(trained.network(), weights, trained.preprocessing(), Map.of());
  }

  @Test
  void boundKeepsTheWorstLayers() {
    ModelData hard = hard();
    Quantization how = Quantization.of(hard).equalization(false).heldOut(TEST);
    QuantizationReport free = how.calibrate(TRAIN, 50).report();
    assertThat(free.accuracyBefore() - free.accuracyAfter()).isGreaterThan(0.2);
    assertThat(free.worst(1).get(0).name()).isEqualTo("conv3");
    QuantizedModel bound = how.accuracyBound(2).calibrate(TRAIN, 50);
    assertThat(free.accuracyBefore() - accuracy(bound.data())).isLessThanOrEqualTo(0.02);
    assertThat(bound.report().quantized()).isEqualTo(4);
    assertThat(bound.report().layers())
        .filteredOn(l -> !l.quantized())
        .singleElement()
        .satisfies(l -> assertThat(l.name()).isEqualTo("conv3"));
  }

  @Test
  void accuracyOfEachLayer() {
    QuantizationReport report =
        Quantization.of(hard())
            .equalization(false)
            .heldOut(TEST)
            .accuracyByLayer(true)
            .calibrate(TRAIN, 50)
            .report();
    for (QuantizationReport.LayerError l : report.layers()) {
      boolean bad = l.name().equals("conv3");
      assertThat(report.accuracyBefore() - l.accuracyAlone() > 0.1).as(l.name()).isEqualTo(bad);
    }
  }

  @Test
  void layersThatStay() {
    Map<String, Boolean> made = new LinkedHashMap<>();
    Quantization.of(trained)
        .firstLayer(false)
        .lastLayer(false)
        .keep("wise")
        .calibrate(TRAIN, 9)
        .data()
        .network()
        .nodes()
        .forEach(
            n ->
                made.put(
                    n.name(),
                    n.layer() instanceof QuantizedConv2d || n.layer() instanceof QuantizedLinear));
    made.values().removeIf(is -> !is);
    assertThat(made.keySet()).containsExactly("conv2", "conv3");
  }

  @Test
  void sizesStayFree() {
    Network free =
        Network.builder("free", Shape.of(1, Shape.FREE, Shape.FREE))
            .add("conv", new Conv2d(3, 3))
            .add("relu", new Relu())
            .add("conv2", new Conv2d(2, 1))
            .build();
    ModelData made = Quantization.of(ModelData.untrained(free, 1)).calibrate(TRAIN, 3).data();
    assertThat(made.network().isFree()).isTrue();
    assertThat(made.network().facts("conv").type()).isEqualTo("quantized_conv2d");
  }
}
