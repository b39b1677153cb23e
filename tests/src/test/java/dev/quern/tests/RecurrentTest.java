package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.RecurrentPass.Gradients;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Parameter;
import dev.quern.layer.math.Mean;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.Permute;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.RecurrentReference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LSTM, GRU and RNN against their reference implementation; what is refused. */
class RecurrentTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  static Stream<Recurrent> layers() {
    return Stream.of(Direction.values())
        .flatMap(
            d ->
                Stream.of(
                    new Lstm(5, d, true, false, false),
                    new Lstm(17, d, false, true, false),
                    new Lstm(5, d, true, true, true),
                    new Gru(5, d, true, false, true),
                    new Gru(17, d, false, true, true),
                    new Gru(18, d, true, true, false),
                    new Rnn(5, d, true, false, Rnn.Nonlinearity.TANH),
                    new Rnn(17, d, false, true, Rnn.Nonlinearity.RELU)));
  }

  private static Map<String, NdArray> weights(Recurrent layer, Shape sample, Values v) {
    Map<String, NdArray> all = new LinkedHashMap<>();
    for (Parameter p : layer.parameters(sample)) {
      NdArray weight = v.array(p.shape());
      double scale = Math.sqrt(p.shape().rank() > 1 ? p.shape().dim(1) : 1);
      for (int i = 0; i < weight.size(); i++) {
        weight.set(i, (float) (weight.get(i) / scale));
      }
      all.put(p.name(), weight);
    }
    return all;
  }

  private Map<String, Tensor> tensors(Map<String, NdArray> arrays) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    arrays.forEach((name, array) -> all.put(name, Values.tensor(arena, array)));
    return all;
  }

  @ParameterizedTest
  @MethodSource("layers")
  void agreesWithTheReference(Recurrent layer) {
    for (Shape input : List.of(Shape.of(1, 1, 1), Shape.of(3, 6, 4), Shape.of(13, 3, 33))) {
      Values v = Values.floats(Values.seedOf(layer + " " + input));
      NdArray x = v.array(input);
      Map<String, NdArray> w = weights(layer, input.sample(), v);
      NdArray wanted = RecurrentReference.forward(layer, x, w);
      NdArray gy = v.array(wanted.shape());
      RecurrentReference.Gradients gradients = RecurrentReference.backward(layer, x, w, gy);
      Passes p = new Passes(layer);
      Map<String, Tensor> own = tensors(w);
      Tensor in = Values.tensor(arena, x);
      String what = " of " + layer + " on " + input + ", " + v;
      Compare.close(
          "output" + what,
          p.run("recurrent", layer.type(), () -> Eager.of(layer).forward(in, own)),
          wanted,
          1);
      Gradients got =
          p.run(
              "recurrent",
              layer.type(),
              () -> Eager.of(layer).backward(in, own, Values.tensor(arena, gy)));
      Compare.close("grad_input" + what, got.input(), gradients.input(), 1);
      assertThat(got.weights().keySet()).isEqualTo(w.keySet());
      gradients
          .weights()
          .forEach(
              (name, g) -> Compare.close("grad_" + name + what, got.weights().get(name), g, 1));
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    for (Recurrent layer : List.of(new Lstm(3), new Gru(3), new Rnn(3))) {
      Tensor x = arena.tensor(Shape.of(0, 2, 4));
      Map<String, Tensor> w = tensors(weights(layer, Shape.of(2, 4), Values.floats(1)));
      assertThat(Eager.of(layer).forward(x, w).shape()).isEqualTo(Shape.of(0, 2, 3));
      Gradients g = Eager.of(layer).backward(x, w, arena.tensor(Shape.of(0, 2, 3)));
      assertThat(g.input().shape()).isEqualTo(x.shape());
      g.weights().values().forEach(t -> assertThat(t.toArray()).containsOnly(0));
    }
  }

  /** The columns of an image of any width are the steps. */
  @Test
  void dynamicStepsAgreeWithTheReference() {
    Network network =
        Network.of(
            "columns",
            Shape.of(1, 8, Shape.FREE),
            new Conv2d(4, 3).padding(1),
            new Mean(1),
            new Permute(1, 0),
            new Lstm(5).direction(Direction.BIDIRECTIONAL),
            new Gru(3));
    ModelData data = ModelData.untrained(network, 1);
    try (Model model = Model.of(data)) {
      for (int width : new int[] {5, 12}) {
        Shape sized = Shape.of(1, 8, width);
        NdArray x = Values.floats(width).array(sized.batch(2));
        ModelData fixed = new ModelData(network.at(sized), data.weights(), Map.of(), Map.of());
        Compare.close(
            "width " + width,
            model.predict(Values.tensor(arena, x)),
            ReferenceNetwork.of(fixed).output(x),
            1);
      }
    }
  }

  @Test
  void shapesParametersAndDefaults() {
    Shape in = Shape.of(5, 3);
    assertThat(new Lstm(4)).isEqualTo(new Lstm(4, Direction.FORWARD, true, false, false));
    assertThat(new Gru(4)).isEqualTo(new Gru(4, Direction.FORWARD, true, false, true));
    assertThat(new Rnn(4))
        .isEqualTo(new Rnn(4, Direction.FORWARD, true, false, Rnn.Nonlinearity.TANH));
    Lstm both = new Lstm(4).direction(Direction.BIDIRECTIONAL);
    assertThat(both.outputShape(in)).isEqualTo(Shape.of(5, 8));
    assertThat(both.outputShape(Shape.of(Shape.FREE, 3))).isEqualTo(Shape.of(Shape.FREE, 8));
    assertThat(both.multiplyAdds(in)).isEqualTo(5 * 2 * 16 * (3 + 4));
    assertThat(new Gru(4).initialState(true).parameters(in))
        .containsExactly(
            new Parameter("weight_ih_l0", Shape.of(12, 3), 4),
            new Parameter("weight_hh_l0", Shape.of(12, 4), 4),
            new Parameter("bias_ih_l0", Shape.of(12), 4),
            new Parameter("bias_hh_l0", Shape.of(12), 4),
            new Parameter("h_0", Shape.of(4), 0, 0));
    assertThat(both.bias(false).initialState(true).parameters(in).stream().map(Parameter::name))
        .containsExactly(
            "weight_ih_l0",
            "weight_hh_l0",
            "h_0",
            "c_0",
            "weight_ih_l0_reverse",
            "weight_hh_l0_reverse",
            "h_0_reverse",
            "c_0_reverse");
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Lstm layer = new Lstm(2);
    Tensor x = arena.tensor(Shape.of(1, 3, 4));
    Map<String, Tensor> w = tensors(weights(layer, Shape.of(3, 4), Values.floats(1)));
    Map<String, Tensor> other = new HashMap<>(w);
    other.put("weight_hh_l0", x);
    Map<String, Tensor> missing = new HashMap<>(w);
    missing.remove("bias_hh_l0");
    return Stream.of(
            argument("lstm", () -> new Lstm(0), "hidden_size", "0"),
            argument("gru", () -> new Gru(-1), "hidden_size", "-1"),
            argument("rnn", () -> new Rnn(0), "hidden_size", "0"),
            argument("lstm", () -> new Lstm(1).direction(null), "direction", "null"),
            argument("gru", () -> new Gru(1).direction(null), "direction", "null"),
            argument("rnn", () -> new Rnn(1).direction(null), "direction", "null"),
            argument("rnn", () -> new Rnn(1).nonlinearity(null), "nonlinearity", "null"),
            shape("lstm", () -> layer.outputShape(Shape.of(4)), "input 4", "[steps, features]"),
            shape("gru", () -> new Gru(1).outputShape(Shape.of(1, 2, 3)), "input 1x2x3"),
            shape("rnn", () -> new Rnn(1).outputShape(Shape.of(0, 3)), "input 0x3", "steps"),
            shape("rnn", () -> new Rnn(1).outputShape(Shape.of(3, 0)), "input 3x0", "features"),
            shape(
                "lstm", () -> layer.outputShape(Shape.of(3, Shape.FREE)), "fixed number", "input"),
            argument("lstm", () -> Eager.of(layer).forward(null, w), "input", "null"),
            argument("lstm", () -> Eager.of(layer).forward(x, null), "weights", "null"),
            argument("lstm", () -> Eager.of(layer).forward(x, missing), "bias_hh_l0", "null"),
            shape("lstm", () -> Eager.of(layer).forward(x, other), "weight_hh_l0", "8x2"),
            argument("lstm", () -> Eager.of(layer).backward(x, w, null), "grad_output", "null"),
            shape("lstm", () -> Eager.of(layer).backward(x, w, x), "grad_output 1x3x4", "1x3x2"))
        .map(Refusal::test);
  }
}
