package dev.quern.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.GradientExchange;
import dev.quern.train.LocalSgd;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A quantized model that is trained on. */
class FineTuningTest {
  private static final Dataset TRAIN = Synthetic.quarters(200, 1);
  private static final Dataset TEST = Synthetic.quarters(150, 2);
  private static final Network NET =
      Network.of(
          "small",
          Shape.of(1, 12, 12),
          new Conv2d(5, 3).padding(1).bias(false),
          new BatchNorm2d(),
          new Relu(),
          new MaxPool2d(2),
          new Conv2d(6, 3),
          new Relu(),
          new Flatten(),
          new Linear(4));

  private static ModelData quantized;

  @BeforeAll
  static void quantizeOnce() {
    try (Trainer t =
        Trainer.builder(NET)
            .batch(16)
            .optimizer(new Sgd(0.02f, 0.9f))
            .normalization(TRAIN.normalization())
            .build()) {
      t.fit(TRAIN, 1);
      quantized = Quantization.of(t.modelData(Map.of())).calibrate(TRAIN, 100).data();
    }
  }

  private static TrainerBuilder tuning(double lr) {
    return tuning(quantized.network(), lr);
  }

  private static TrainerBuilder tuning(Network network, double lr) {
    return Trainer.builder(network)
        .weights(quantized.weights())
        .preprocessing(quantized.preprocessing().values().iterator().next())
        .batch(64)
        .optimizer(new Sgd((float) lr, 0.9f));
  }

  private static List<String> weightsOf(Network network) {
    return network.nodes().stream()
        .filter(n -> n.layer() instanceof Quantized)
        .map(n -> n.name() + ".weight")
        .toList();
  }

  private static String scale(String weight) {
    return weight.replace(".weight", "." + Quantized.SCALE);
  }

  @Test
  void withoutRateTheModelStays() {
    try (Trainer t = tuning(0).build()) {
      assertSame(t.modelData(Map.of()).weights(), quantized.weights());
      t.fit(TRAIN, 2);
      Map<String, float[]> after = t.modelData(Map.of()).weights();
      quantized
          .weights()
          .forEach(
              (name, w) -> {
                if (!name.contains("running_")) {
                  assertThat(after.get(name)).as(name).isEqualTo(w);
                }
              });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"DEFAULT", "STRICT"})
  void whatIsMeasuredIsWhatIsSaved(Precision precision) {
    for (double ema : new double[] {0, 0.5}) {
      try (Trainer t = tuning(0.02).precision(precision).ema(ema).build()) {
        t.fit(TRAIN, 1);
        ModelData made = t.modelData(Map.of());
        Map<String, float[]> floats = masters(t.state(), ema > 0 ? "ema." : "weights.");
        for (String weight : weightsOf(made.network())) {
          float[] values = made.weights().get(weight);
          float[] scales = made.weights().get(scale(weight));
          Quantized.toIntegers(weight, values, scales, Quantized.WIDEST);
          float[] master = floats.get(weight).clone();
          assertThat(master).as("floats of %s", weight).isNotEqualTo(values);
          assertThat(Quantized.round(master, scales.length)).isEqualTo(scales);
          assertThat(master).isEqualTo(values);
        }
        try (Model m = Model.of(made, precision)) {
          assertThat(m.evaluate(TEST)).isEqualTo(t.evaluate(TEST));
        }
        // rounded to bytes, and not computed in floats
        assertThat(t.evaluate(TEST).loss()).isNotEqualTo(inFloats(made, floats, precision));
      }
    }
  }

  private static Map<String, float[]> masters(TrainingState state, String prefix) {
    Map<String, float[]> all = new LinkedHashMap<>();
    state
        .tensors()
        .forEach(
            (name, v) -> {
              if (name.startsWith(prefix)) {
                all.put(name.substring(prefix.length()), v);
              }
            });
    return all;
  }

  /** The loss of the masters in the network of plain layers, with the same roundings between. */
  private static double inFloats(ModelData made, Map<String, float[]> masters, Precision p) {
    Network network = made.network();
    for (Network.Node n : made.network().nodes()) {
      if (n.layer() instanceof Quantized q) {
        network = network.replace(n.name(), q.plain());
      }
    }
    Map<String, float[]> own = new LinkedHashMap<>(masters);
    own.keySet().retainAll(network.state().keySet());
    try (Model m = Model.of(new ModelData(network, own, made.preprocessing(), Map.of()), p)) {
      return m.evaluate(TEST).loss();
    }
  }

  @Test
  void movesBelowAStepAddUp() {
    try (Trainer t = tuning(0.03).batch(200).build()) {
      t.fit(TRAIN, 1); // one step
      assertThat(stepsMoved(t)).as("whole numbers that moved in a step").isLessThan(5);
      t.fit(TRAIN, 60);
      assertThat(stepsMoved(t)).as("in 60 steps").isGreaterThan(20);
    }
  }

  private static int stepsMoved(Trainer t) {
    Map<String, float[]> now = t.modelData(Map.of()).weights();
    Map<String, float[]> then = quantized.weights();
    int moved = 0;
    for (String weight : weightsOf(quantized.network())) {
      short[] a =
          Quantized.toIntegers(weight, now.get(weight), now.get(scale(weight)), Quantized.WIDEST);
      short[] b =
          Quantized.toIntegers(weight, then.get(weight), then.get(scale(weight)), Quantized.WIDEST);
      for (int i = 0; i < a.length; i++) {
        moved += a[i] != b[i] ? 1 : 0;
      }
    }
    return moved;
  }

  @Test
  void resumedEndsInTheSameBitsOnAnyThreads() {
    int threads = Engine.info().threads();
    try {
      List<TrainingState> states = new ArrayList<>();
      TrainingState end;
      Map<String, float[]> model;
      try (Trainer whole = full().build()) {
        whole.fit(
            TRAIN,
            2,
            new TrainingListener() {
              @Override
              public void onStep(Step s) {
                states.add(whole.state());
              }
            });
        end = whole.state();
        model = whole.modelData(Map.of()).weights();
      }
      for (int at : new int[] {0, 3, 5}) {
        Engine.setThreads(at + 1);
        try (Trainer t = full().build()) {
          t.restore(states.get(at));
          t.evaluate(TEST); // which rounds the average, and must leave it as it is
          t.fit(TRAIN, 2);
          assertSame(t.state().tensors(), end.tensors());
          assertSame(t.modelData(Map.of()).weights(), model);
        }
      }
    } finally {
      Engine.setThreads(threads);
    }
  }

  @Test
  void recomputedOrInRoundsOfOneStepTheBitsAreTheSame() {
    Map<String, float[]> wanted;
    try (Trainer t = tuning(0.02).build()) {
      t.fit(TRAIN, 1);
      wanted = t.state().tensors();
    }
    try (Trainer t = tuning(0.02).recompute().build()) {
      t.fit(TRAIN, 1);
      assertSame(t.state().tensors(), wanted);
    }
    try (Trainer t = tuning(0.02).build();
        Trainer worker = tuning(0.02).build()) {
      GradientExchange one = GradientExchange.local(worker, List.of(TRAIN));
      t.fit(one, new LocalSgd(1), 1, new TrainingListener() {});
      assertSame(t.state().tensors(), wanted);
    }
  }

  private static TrainerBuilder full() {
    return tuning(0.02).ema(0.9).lookahead(new Lookahead(2, 0.5f)).validation(TEST);
  }

  private static void assertSame(Map<String, float[]> got, Map<String, float[]> wanted) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((k, v) -> assertThat(got.get(k)).as(k).isEqualTo(v));
  }

  /** Weights that are whole numbers of another scale than a trainer would choose. */
  private static ModelData ofOwnScale(int quantMax) {
    Map<String, float[]> weights = new LinkedHashMap<>(quantized.weights());
    String first = weightsOf(quantized.network()).get(0);
    float[] scales = weights.get(scale(first)).clone();
    short[] whole = Quantized.toIntegers(first, weights.get(first), scales, Quantized.WIDEST);
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (short) (quantMax == Quantized.WIDEST ? 2 * whole[i] : whole[i] / 3);
    }
    for (int i = 0; i < scales.length; i++) {
      scales[i] *= quantMax == Quantized.WIDEST ? 0.5f : 3;
    }
    weights.put(first, Quantized.floats(whole, scales));
    weights.put(scale(first), scales);
    Network net = quantized.network();
    List<Network.Node> nodes = new ArrayList<>(net.nodes());
    nodes.replaceAll(
        n ->
            first.startsWith(n.name() + ".")
                ? new Network.Node(
                    n.name(),
                    new QuantizedConv2d(((QuantizedConv2d) n.layer()).plain(), quantMax),
                    n.inputs())
                : n);
    Network made = new Network(net.name(), net.inputs(), nodes, net.outputs(), net.tasks());
    return new ModelData(made, weights, quantized.preprocessing(), Map.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {Quantized.LARGEST, Quantized.WIDEST})
  void frozenLayersStayAsTheyAre(int quantMax) {
    ModelData own = ofOwnScale(quantMax);
    String first = weightsOf(own.network()).get(0);
    LocalSgd[] rules = {null, new LocalSgd(1), new LocalSgd(2)};
    for (LocalSgd rule : rules) {
      TrainerBuilder b =
          tuning(own.network(), 0.02).weights(own.weights()).freeze(first).unfreeze(3, first);
      try (Trainer t = b.build()) {
        if (rule == null) {
          t.fit(TRAIN, 2);
        } else {
          List<Dataset> parts =
              List.of(TRAIN.slice(0, 66), TRAIN.slice(66, 133), TRAIN.slice(133, 200));
          try (Trainer worker = b.build()) {
            GradientExchange all = GradientExchange.local(worker, parts);
            t.fit(all, rule, 2, new TrainingListener() {});
          }
        }
        ModelData made = t.modelData(Map.of());
        assertThat(made.weights().get(first)).isEqualTo(own.weights().get(first));
        assertThat(made.weights().get(scale(first))).isEqualTo(own.weights().get(scale(first)));
        String head = weightsOf(own.network()).get(2);
        assertThat(made.weights().get(head)).isNotEqualTo(own.weights().get(head));
        try (Model m = Model.of(made)) {
          assertThat(m.evaluate(TEST)).isEqualTo(t.evaluate(TEST));
        }
        t.fit(TRAIN, 1);
        assertThat(t.modelData(Map.of()).weights().get(scale(first)))
            .isNotEqualTo(own.weights().get(scale(first)));
      }
    }
  }

  @Test
  void frozenWeightsMustBeWhole() {
    String first = weightsOf(quantized.network()).get(0);
    TrainerBuilder drawn = Trainer.builder(quantized.network()).freeze(first);
    assertThatThrownBy(drawn::build)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(first);
  }

  @Test
  void weightsThatAreNoNumbersAreFound() {
    Map<String, float[]> weights = new LinkedHashMap<>(quantized.weights());
    String first = weightsOf(quantized.network()).get(0);
    float[] broken = weights.get(first).clone();
    broken[3] = Float.NaN;
    weights.put(first, broken);
    try (Trainer t = tuning(0.02).weights(weights).build();
        Arena arena = new Arena()) {
      Tensor image = arena.tensor(Shape.of(1, 1, 12, 12));
      assertThatThrownBy(() -> t.step(image, 0)).isInstanceOf(NumericException.class);
      assertThatThrownBy(() -> t.evaluate(TEST)).isInstanceOf(NumericException.class);
      assertThatThrownBy(() -> t.modelData(Map.of())).isInstanceOf(NumericException.class);
    }
  }

  @Test
  void otherClassesGetAQuantizedHead() {
    ModelData other = quantized.forClasses(List.of("a", "b", "c"), 1);
    assertThat(other.network().output()).isEqualTo(Shape.of(3));
    assertThat(weightsOf(other.network())).isEqualTo(weightsOf(quantized.network()));
    List<String> turned = List.of("sw", "nw", "se", "ne");
    ModelData named = quantized.forClasses(TRAIN.classes(), 1);
    ModelData moved = named.forClasses(turned, 1);
    String head = weightsOf(named.network()).get(2);
    for (int i = 0; i < 4; i++) {
      int was = TRAIN.classes().indexOf(turned.get(i));
      assertThat(moved.weights().get(scale(head))[i])
          .isEqualTo(named.weights().get(scale(head))[was]);
    }
    try (Trainer t = Trainer.builder(other.network()).weights(other.weights()).batch(10).build()) {
      assertSame(t.modelData(Map.of()).weights(), other.weights());
    }
  }
}
