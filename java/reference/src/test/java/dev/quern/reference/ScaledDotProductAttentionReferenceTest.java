package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.reference.layer.ScaledDotProductAttentionReference;
import dev.quern.reference.layer.ScaledDotProductAttentionReference.Gradients;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScaledDotProductAttentionReferenceTest {
  private static final double LOG3 = Math.log(3);

  private static NdArray row(double... values) {
    return NdArray.of(Shape.of(1, values.length, 1), values);
  }

  private static NdArray forward(ScaledDotProductAttention layer, NdArray... inputs) {
    return ScaledDotProductAttentionReference.forward(layer, List.of(inputs), null);
  }

  @Test
  void weighsValuesByTheSoftmaxOfTheScores() {
    NdArray key = row(0, LOG3);
    ScaledDotProductAttention layer = new ScaledDotProductAttention(1);
    NdArray y = forward(layer, row(1, 0, -1), key, row(4, 8));
    assertClose("y", y, row(7, 6, 5), 1e-12);
    assertClose("scaled", forward(layer.scale(2), row(1), key, row(0, 10)), row(9), 1e-12);
  }

  @Test
  void eachHeadHasItsOwnFeatures() {
    NdArray query = NdArray.of(Shape.of(1, 1, 2), 1, 0);
    NdArray key = NdArray.of(Shape.of(1, 2, 2), 0, 5, LOG3, -5);
    NdArray value = NdArray.of(Shape.of(1, 2, 2), 4, 4, 8, 8);
    assertClose(
        "y",
        forward(new ScaledDotProductAttention(2), query, key, value),
        NdArray.of(Shape.of(1, 1, 2), 7, 6),
        1e-12);
  }

  @Test
  void maskAndCausalHideKeys() {
    double hidden = Double.NEGATIVE_INFINITY;
    ScaledDotProductAttention layer = new ScaledDotProductAttention(1);
    NdArray x = row(0, 0);
    NdArray mask = NdArray.of(Shape.of(1, 2, 2), 0, LOG3, hidden, hidden);
    assertThat(forward(layer.causal(true), x, x, row(4, 8)).values()).containsExactly(4, 6);
    assertClose("y", forward(layer, x, x, row(4, 8), mask), row(7, 0), 1e-12);
  }

  static Stream<ScaledDotProductAttention> layers() {
    ScaledDotProductAttention two = new ScaledDotProductAttention(2);
    return Stream.of(
        two,
        two.scale(-0.7f),
        two.causal(true),
        two.biasHeads(1),
        two.biasHeads(2).causal(true),
        two.windows(3).biasHeads(6));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsMatchFiniteDifferences(ScaledDotProductAttention layer) {
    check(layer, false);
    if (layer.biasHeads() == 0 && layer.windows() == 1) {
      check(layer, true);
    }
  }

  private static void check(ScaledDotProductAttention layer, boolean masked) {
    List<NdArray> inputs = new ArrayList<>();
    inputs.add(random(1, Shape.of(2, 3, 4)));
    inputs.add(random(2, Shape.of(2, 6, 4)));
    inputs.add(random(3, Shape.of(2, 6, 6)));
    if (masked) {
      inputs.add(random(4, Shape.of(2, 2, 3, 6)));
    }
    int w = layer.windows();
    NdArray bias =
        layer.biasHeads() == 0 ? null : random(5, Shape.of(layer.biasHeads(), 3 / w, 6 / w));
    NdArray gradOutput = random(6, Shape.of(2, 3, 6));
    Gradients got = ScaledDotProductAttentionReference.backward(layer, inputs, bias, gradOutput);
    DoubleSupplier loss =
        () -> dot(ScaledDotProductAttentionReference.forward(layer, inputs, bias), gradOutput);
    for (int i = 0; i < inputs.size(); i++) {
      NdArray wanted = CentralDifference.gradient(inputs.get(i), 1e-5, loss);
      assertClose("input " + i, got.inputs().get(i), wanted, 1e-8);
    }
    if (bias != null) {
      assertClose("bias", got.bias(), CentralDifference.gradient(bias, 1e-5, loss), 1e-8);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    ScaledDotProductAttention layer = new ScaledDotProductAttention(2);
    NdArray x = new NdArray(Shape.of(1, 3, 4));
    NdArray other = new NdArray(Shape.of(2, 3, 4));
    NdArray odd = new NdArray(Shape.of(1, 3, 3));
    assertThatThrownBy(() -> forward(layer, x, x)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> forward(layer, x, x, other)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> forward(layer, x, x, odd)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> forward(layer.biasHeads(1), x, x, x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bias is missing");
  }
}
