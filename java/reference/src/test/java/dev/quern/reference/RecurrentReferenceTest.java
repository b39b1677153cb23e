package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Parameter;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.reference.layer.RecurrentReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecurrentReferenceTest {
  private static final Shape INPUT = Shape.of(2, 4, 3);

  static Stream<Recurrent> layers() {
    return Stream.of(Direction.values())
        .flatMap(
            d ->
                Stream.of(
                    new Lstm(2, d, true, true, false),
                    new Lstm(2, d, true, true, true),
                    new Gru(2, d, true, true, true),
                    new Gru(2, d, true, true, false),
                    new Rnn(2, d, true, true, Rnn.Nonlinearity.TANH)));
  }

  private static Map<String, NdArray> weights(Recurrent layer) {
    Map<String, NdArray> all = new LinkedHashMap<>();
    for (Parameter p : layer.parameters(INPUT.sample())) {
      all.put(p.name(), random(all.size(), p.shape()));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsMatchFiniteDifferences(Recurrent layer) {
    NdArray input = random(1, INPUT);
    Map<String, NdArray> weights = weights(layer);
    NdArray gradOutput = random(2, RecurrentReference.forward(layer, input, weights).shape());
    RecurrentReference.Gradients got =
        RecurrentReference.backward(layer, input, weights, gradOutput);
    DoubleSupplier loss = () -> dot(RecurrentReference.forward(layer, input, weights), gradOutput);
    assertClose("input", got.input(), CentralDifference.gradient(input, 1e-5, loss), 1e-8);
    weights.forEach(
        (name, weight) ->
            assertClose(
                name,
                got.weights().get(name),
                CentralDifference.gradient(weight, 1e-5, loss),
                1e-8));
  }

  @Test
  void reluAddsUpPositiveSteps() {
    Rnn layer = new Rnn(1).bias(false).nonlinearity(Rnn.Nonlinearity.RELU);
    Map<String, NdArray> one =
        Map.of(
            "weight_ih_l0", NdArray.of(Shape.of(1, 1), 1),
            "weight_hh_l0", NdArray.of(Shape.of(1, 1), 1));
    NdArray input = NdArray.of(Shape.of(1, 4, 1), 1, 2, -5, 4);
    assertThat(RecurrentReference.forward(layer, input, one).values()).containsExactly(1, 3, 0, 4);
    assertThat(RecurrentReference.forward(layer.direction(Direction.REVERSE), input, one).values())
        .containsExactly(3, 2, 0, 4);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Lstm layer = new Lstm(2);
    NdArray input = random(1, INPUT);
    assertThatThrownBy(() -> RecurrentReference.forward(layer, input, Map.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("lstm: weight_ih_l0 is missing, expected shape 8x3");
    assertThatThrownBy(() -> RecurrentReference.forward(layer, random(1, Shape.of(2, 3)), Map.of()))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("lstm: input 3 is not [steps, features]");
    assertThatThrownBy(() -> RecurrentReference.backward(layer, input, weights(layer), input))
        .isInstanceOf(ShapeException.class)
        .hasMessage("lstm: grad_output 2x4x3 must be 2x4x2");
  }

  @Test
  void gradientsWithoutNull() {
    Map<String, NdArray> weights = new HashMap<>();
    weights.put("weight", null);
    NdArray input = new NdArray(Shape.of(1));
    assertThatThrownBy(() -> new RecurrentReference.Gradients(input, weights))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("recurrent: weights has a null");
  }
}
