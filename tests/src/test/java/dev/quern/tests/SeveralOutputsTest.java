package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.io.NetworkJson;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.LossReference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of several inputs and outputs, against double precision. */
class SeveralOutputsTest {
  private static final int BATCH = 5;

  /** Two images and a row; a row of classes, an image amid the network, and its flat form. */
  private static Network network() {
    return Network.builder("several")
        .input("left", Shape.of(3, 8, 8))
        .input("right", Shape.of(2, 8, 8))
        .input("row", Shape.of(4))
        .add("stem", new Conv2d(6, 3).padding(1), "left")
        .add("stem2", new Conv2d(6, 3).padding(1), "right")
        .add("bn", new BatchNorm2d())
        .add("sum", new Add(), "stem", "bn")
        .add("relu", new Relu())
        .add("map", new Conv2d(2, 3).padding(1))
        .add("flat", new Flatten(), "map")
        .add("lift", new Linear(128), "row")
        .add("both", new Add(), "flat", "lift")
        .add("classes", new Linear(3))
        .add("fork", new Flatten(), "relu")
        .add("value", new Linear(1))
        .output("classes", "map", "flat", "value")
        .build();
  }

  private static final Map<String, Loss> LOSSES =
      Map.of(
          "classes", new CrossEntropy(), "map", new Mse(), "flat", new Mse(), "value", new Mse());
  private static final Map<String, Double> WEIGHTS =
      Map.of("classes", 1.0, "map", 0.25, "flat", 3.0, "value", 0.5);

  private static Trainer trainer(Network net, boolean recompute) {
    var b = Trainer.builder(net).batch(BATCH).optimizer(new Sgd(0.1f, 0));
    LOSSES.forEach((name, loss) -> b.loss(name, loss, WEIGHTS.get(name)));
    return recompute ? b.recompute().build() : b.build();
  }

  private static Map<String, NdArray> random(Map<String, Shape> shapes, int n, long seed) {
    Random random = new Random(seed);
    Map<String, NdArray> all = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          NdArray a = new NdArray(shape.batch(n));
          for (int i = 0; i < a.size(); i++) {
            a.set(i, (float) random.nextGaussian());
          }
          all.put(name, a);
        });
    return all;
  }

  private static Map<String, NdArray> targets(Network net, int n) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    net.outputs().forEach(o -> shapes.put(o, net.shapes().get(o)));
    Map<String, NdArray> all = random(shapes, n, 2);
    NdArray classes = new NdArray(Shape.of(n, 3));
    for (int i = 0; i < n; i++) {
      classes.set(3 * i + i % 3, 1);
    }
    all.put("classes", classes);
    return all;
  }

  private static Map<String, Tensor> tensors(Arena arena, Map<String, NdArray> arrays) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    arrays.forEach((name, a) -> all.put(name, arena.tensor(a.shape(), a.toFloats())));
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {BATCH, 2, 1})
  void aStepAgreesWithTheTwin(int n) {
    Network net = network();
    Map<String, NdArray> in = random(net.inputs(), n, 1);
    Map<String, NdArray> wanted = targets(net, n);
    try (Trainer trainer = trainer(net, false);
        Arena arena = new Arena()) {
      ReferenceNetwork twin = ReferenceNetwork.of(trainer.modelData(List.of(), Map.of()));
      double loss = trainer.step(tensors(arena, in), tensors(arena, wanted));

      Map<String, NdArray> activations = twin.forward(in, true);
      double sum = 0;
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      for (String o : net.outputs()) {
        Loss l = LOSSES.get(o);
        double w = WEIGHTS.get(o);
        sum += w * LossReference.forward(l, activations.get(o), wanted.get(o));
        NdArray g = LossReference.backward(l, activations.get(o), wanted.get(o));
        for (int i = 0; i < g.size(); i++) {
          g.set(i, w * g.get(i));
        }
        gradients.put(o, g);
      }
      assertThat(loss).isCloseTo(sum, offset(1e-5 * Math.abs(sum)));
      Map<String, NdArray> all = twin.backward(activations, gradients, true).parameters();
      trainer
          .gradients()
          .forEach(
              (name, g) -> {
                double largest = 0;
                for (int i = 0; i < g.length; i++) {
                  largest = Math.max(largest, Math.abs(all.get(name).get(i)));
                }
                // a bias before batch normalization has no gradient but rounding errors
                double most = 2e-5 * Math.max(largest, 0.1);
                for (int i = 0; i < g.length; i++) {
                  assertThat((double) g[i])
                      .as("%s at %s", name, i)
                      .isCloseTo(all.get(name).get(i), offset(most));
                }
              });
    }
  }

  @Test
  void theBitsAreTheSameForAnyThreadsAndWithRecompute() {
    Network net = network();
    Map<String, float[]> first = weightsAfterSteps(net, 1, false);
    assertThat(weightsAfterSteps(net, 3, false)).usingRecursiveComparison().isEqualTo(first);
    assertThat(weightsAfterSteps(net, 2, true)).usingRecursiveComparison().isEqualTo(first);
  }

  private static Map<String, float[]> weightsAfterSteps(Network net, int threads, boolean again) {
    int before = Engine.info().threads();
    Engine.setThreads(threads);
    try (Trainer trainer = trainer(net, again);
        Arena arena = new Arena()) {
      for (int i = 0; i < 3; i++) {
        int n = BATCH - i;
        trainer.step(tensors(arena, random(net.inputs(), n, i)), tensors(arena, targets(net, n)));
      }
      return trainer.modelData(List.of(), Map.of()).weights();
    } finally {
      Engine.setThreads(before);
    }
  }

  @Test
  void aModelPredictsAllOutputs() {
    Network net = network();
    ModelData data = ModelData.untrained(net, 3);
    Map<String, NdArray> in = random(net.inputs(), 70, 4); // more than a plan takes at once
    Map<String, NdArray> twin = ReferenceNetwork.of(data).forward(in, false);
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Map<String, Tensor> out = model.predict(tensors(arena, in));
      assertThat(out.keySet()).containsExactly("classes", "map", "flat", "value");
      out.forEach(
          (name, t) -> {
            float[] got = t.toArray();
            for (int i = 0; i < got.length; i++) {
              assertThat((double) got[i])
                  .as("%s at %s", name, i)
                  .isCloseTo(twin.get(name).get(i), offset(1e-5));
            }
          });
      assertThatThrownBy(() -> model.predict(arena.tensor(Shape.of(1, 3, 8, 8))))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("pass a map");
      assertThatThrownBy(() -> model.predict(Map.of()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("inputs [] do not match the network's inputs, [left, right, row]");
      Map<String, Tensor> uneven = tensors(arena, in);
      uneven.put("row", arena.tensor(Shape.of(3, 4)));
      assertThatThrownBy(() -> model.predict(uneven))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("differ in their batch size");
    }
  }

  @Test
  void theDescriptionGoesThroughJson() {
    Network net = network();
    String text = NetworkJson.write(net);
    assertThat(text)
        .contains("\"inputs\": {\"left\":[3,8,8],\"right\":[2,8,8],\"row\":[4]}")
        .contains("\"outputs\": [\"classes\",\"map\",\"flat\",\"value\"]");
    assertThat(NetworkJson.read(text)).isEqualTo(net);
    assertThat(Summary.of(net, 2)).contains("left", "right", "row");
    assertThat(net).hasToString(net.toString()).asString().contains("inputs", "outputs");
  }

  @Test
  void whatIsNoNetworkIsRefused() {
    List<Network.Node> one = List.of(new Network.Node("fc", new Linear(2), List.of("x")));
    Map<String, Shape> x = Map.of("x", Shape.of(3));
    refused(() -> new Network("n", Map.of(), one, List.of("fc")), "it has no inputs");
    refused(() -> new Network("n", x, one, List.of()), "it has no outputs");
    refused(() -> new Network("n", x, one, List.of("x")), "output x is not a layer");
    refused(() -> new Network("n", x, one, List.of("fc", "fc")), "output fc is named twice");
    refused(
        () -> new Network("n", Map.of("a b", Shape.of(3), "x", Shape.of(3)), one, List.of("fc")),
        "is not an input name");
    assertThatThrownBy(() -> Network.builder("n").input("a", Shape.of(1)).input("a", Shape.of(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("two inputs are called a");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable make, String why) {
    assertThatThrownBy(make).isInstanceOf(ShapeException.class).hasMessageContaining(why);
  }

  @Test
  void aTrainerSaysWhatItTakes() {
    Network net = network();
    assertThatThrownBy(() -> Trainer.builder(net).loss("none", new Mse(), 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("none is not one of the outputs [classes, map, flat, value]");
    assertThatThrownBy(() -> Trainer.builder(net).loss("map", new Mse(), -1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("weight -1.0");
    Dataset data =
        Dataset.of("d", Shape.of(3, 8, 8), List.of("a", "b", "c"), new byte[192], new int[1]);
    try (Trainer trainer = trainer(net, false);
        Arena arena = new Arena()) {
      assertThatThrownBy(() -> trainer.fit(data, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("3 inputs and 4 outputs, but a Dataset has one input");
      assertThatThrownBy(() -> trainer.evaluate(data))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("3 inputs and 4 outputs");
      assertThatThrownBy(() -> trainer.step(arena.tensor(Shape.of(1, 3, 8, 8)), 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("expects inputs [left, right, row]");
      Map<String, Tensor> in = tensors(arena, random(net.inputs(), 2, 1));
      Map<String, Tensor> out = tensors(arena, targets(net, 2));
      out.remove("flat");
      assertThatThrownBy(() -> trainer.step(in, out))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("do not match the network");
      out.put("flat", arena.tensor(Shape.of(2, 7)));
      assertThatThrownBy(() -> trainer.step(in, out)).isInstanceOf(ShapeException.class);
      out.put("flat", arena.tensor(Shape.of(2, 128)));
      assertThat(trainer.step(in, out)).as("goes on").isFinite();
    }
  }
}
