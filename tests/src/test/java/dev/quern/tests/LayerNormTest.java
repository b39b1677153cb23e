package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.NormGradients;
import dev.quern.engine.Engine;
import dev.quern.layer.LayerNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.LayerNormReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layer normalization against its twin: any last axes, odd sizes, means far from zero. */
class LayerNormTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor t(NdArray a) {
    return Values.tensor(arena, a);
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private static Shape dims(String text) {
    return Shape.of(Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "1x1,1,1e-5",
    "3x7x4,4,1e-5",
    "3x7x4,7x4,1e-5",
    "2x5x4x3,5x4x3,1e-5",
    "2x5x4x3,4x3,1e-3",
    "2x5x4x3,3,1e-5",
    "2x3x1x1,1,1e-5",
    "1x64,64,1e-5",
    "33x65,65,0.1",
    "7x127,127,1e-5",
    "2x16x31x29,16x31x29,1e-5",
    "4x2x3x2x5,3x2x5,1e-5",
    "500x8,8,1e-5"
  })
  void agreesWithTheTwin(String input, String normalized, float eps) {
    Values v = Values.floats(Values.seedOf("layer_norm" + input + normalized));
    NdArray x = v.array(dims(input));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) (x.get(i) * 2 + i % 5));
    }
    agrees(new LayerNorm(dims(normalized), eps, true, true), x, v);
    agrees(new LayerNorm(dims(normalized), eps, true, false), x, v);
    agrees(new LayerNorm(dims(normalized), eps, false, false), x, v);
  }

  private void agrees(LayerNorm layer, NdArray x, Values v) {
    NdArray gy = v.array(x.shape());
    NdArray w = layer.elementwiseAffine() ? v.array(layer.normalizedShape()) : null;
    NdArray b = layer.bias() ? v.array(layer.normalizedShape()) : null;
    String what = " of " + layer + " on " + x + ", " + v;
    Tensor y = Eager.of(layer).forward(t(x), t(w), t(b));
    assertThat(Engine.lastImplementation()).startsWith("layer_norm:");
    Compare.close("output" + what, y, LayerNormReference.forward(layer, x, w, b), 1);
    NormGradients got = Eager.of(layer).backward(t(x), t(w), t(gy));
    dev.quern.reference.layer.NormGradients wanted = LayerNormReference.backward(layer, x, w, gy);
    Compare.close("grad_input" + what, got.input(), wanted.input(), 1);
    if (w == null) {
      assertThat(got.weight()).isNull();
    } else {
      Compare.close("grad_weight" + what, got.weight(), wanted.weight(), 1);
    }
    if (b == null) {
      assertThat(got.bias()).isNull();
    } else {
      Compare.close("grad_bias" + what, got.bias(), wanted.bias(), 1);
    }
  }

  /** A mean a million times the spread: statistics in float would see only noise. */
  @Test
  void largeOffsetsKeepTheirDigits() {
    Values v = Values.floats(11);
    NdArray x = v.array(3, 12, 9, 7);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) (1e4 + 1e-2 * x.get(i)));
    }
    agrees(new LayerNorm(12, 9, 7), x, v);
    agrees(new LayerNorm(Shape.of(9, 7), 1e-8f, true, true), x, v);
  }

  @Test
  void constantInputsBecomeTheBias() {
    NdArray x = new NdArray(Shape.of(2, 3));
    Arrays.fill(x.values(), 0.1f);
    agrees(new LayerNorm(3), x, Values.floats(12));
    Tensor bias = arena.tensor(Shape.of(3), 1, 2, 3);
    assertThat(Eager.of(new LayerNorm(3)).forward(t(x), bias, bias).toArray())
        .containsExactly(1, 2, 3, 1, 2, 3);
  }

  @Test
  void emptyBatchStaysEmpty() {
    Tensor x = tensor(0, 2, 2);
    Tensor w = tensor(2, 2);
    LayerNorm layer = new LayerNorm(2, 2);
    assertThat(Eager.of(layer).forward(x, w, w).shape()).isEqualTo(x.shape());
    NormGradients g = Eager.of(layer).backward(x, w, x);
    assertThat(g.input().shape()).isEqualTo(x.shape());
    assertThat(g.weight().toArray()).containsOnly(0).hasSize(4);
    assertThat(g.bias().toArray()).containsOnly(0).hasSize(4);
  }

  @Test
  void withoutWeightThereIsNoBias() {
    Shape four = Shape.of(4);
    assertThat(new LayerNorm(four, 1e-5f, false, true))
        .isEqualTo(new LayerNorm(four, 1e-5f, false, false));
    assertThat(new LayerNorm(four, 1e-5f, false, true).parameters(four)).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    LayerNorm layer = new LayerNorm(3, 4);
    LayerNorm plain = new LayerNorm(Shape.of(3, 4), 1e-5f, false, false);
    LayerNorm unbiased = new LayerNorm(Shape.of(3, 4), 1e-5f, true, false);
    Tensor x = tensor(2, 3, 4);
    Tensor w = tensor(3, 4);
    String op = "layer_norm";
    return Stream.of(
            argument(op, () -> new LayerNorm((Shape) null), "normalized_shape", "null"),
            argument(op, () -> new LayerNorm(Shape.of()), "normalized_shape", "scalar"),
            argument(op, () -> new LayerNorm(3, 0), "normalized_shape", "3x0"),
            argument(op, () -> new LayerNorm(Shape.of(3), -1, true, true), "eps", "-1"),
            argument(op, () -> new LayerNorm(Shape.of(3), Float.NaN, true, true), "eps", "NaN"),
            shape(
                op, () -> Eager.of(layer).forward(tensor(2, 3, 5), w, w), "input 3x5", "shape 3x4"),
            shape(
                op, () -> Eager.of(layer).forward(tensor(2, 4, 3), w, w), "input 4x3", "shape 3x4"),
            shape(op, () -> Eager.of(layer).forward(tensor(3, 4), w, w), "input 4", "shape 3x4"),
            shape(op, () -> Eager.of(layer).forward(tensor(4), w, w), "input 4", "batch"),
            argument(op, () -> Eager.of(layer).forward(null, w, w), "input", "null"),
            argument(op, () -> Eager.of(layer).forward(x, null, w), "weight", "null"),
            argument(op, () -> Eager.of(layer).forward(x, w, null), "bias", "null"),
            argument(op, () -> Eager.of(plain).forward(x, w, null), "weight", "none"),
            argument(op, () -> Eager.of(unbiased).forward(x, w, w), "bias", "none"),
            shape(op, () -> Eager.of(layer).forward(x, tensor(12), w), "weight 12", "3x4"),
            shape(op, () -> Eager.of(layer).forward(x, w, tensor(4)), "bias 4", "3x4"),
            argument(op, () -> Eager.of(layer).backward(x, w, null), "grad_output", "null"),
            argument(op, () -> Eager.of(layer).backward(x, null, x), "weight", "null"),
            shape(op, () -> Eager.of(layer).backward(x, w, w), "grad_output 3x4", "2x3x4"))
        .map(Refusal::test);
  }
}
