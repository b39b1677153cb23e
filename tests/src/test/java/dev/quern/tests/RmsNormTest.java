package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.NormGradients;
import dev.quern.layer.RmsNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.RmsNormReference;
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

/** Root mean square layer normalization against its reference implementation. */
class RmsNormTest {
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
    "2x3x1x1,1,1e-5",
    "33x65,65,0.1",
    "7x127,127,1.1920929e-7",
    "2x16x31x29,16x31x29,1e-5",
    "4x2x3x2x5,3x2x5,1e-5",
    "500x8,8,1e-5"
  })
  void agreesWithTheReference(String input, String normalized, float eps) {
    Values v = Values.floats(Values.seedOf("rms_norm" + input + normalized));
    NdArray x = v.array(dims(input));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) (x.get(i) * 2 + i % 5));
    }
    agrees(new RmsNorm(dims(normalized), eps, true), x, v);
    agrees(new RmsNorm(dims(normalized), eps, false), x, v);
  }

  private void agrees(RmsNorm layer, NdArray x, Values v) {
    NdArray gy = v.array(x.shape());
    NdArray w = layer.elementwiseAffine() ? v.array(layer.normalizedShape()) : null;
    Passes p = new Passes(layer);
    String what = " of " + layer + " on " + x + ", " + v;
    Compare.close(
        "output" + what,
        p.run("layer_norm", "rms_norm", () -> Eager.of(layer).forward(t(x), t(w))),
        RmsNormReference.forward(layer, x, w),
        1);
    NormGradients got =
        p.run("layer_norm", "rms_norm", () -> Eager.of(layer).backward(t(x), t(w), t(gy)));
    dev.quern.reference.layer.NormGradients wanted = RmsNormReference.backward(layer, x, w, gy);
    Compare.close("grad_input" + what, got.input(), wanted.input(), 1);
    if (w == null) {
      assertThat(got.weight()).isNull();
    } else {
      Compare.close("grad_weight" + what, got.weight(), wanted.weight(), 1);
    }
    assertThat(got.bias()).isNull();
  }

  @Test
  void constantInputsBecomeTheWeight() {
    Tensor x = arena.tensor(Shape.of(2, 3), 5, 5, 5, -5, -5, -5);
    Tensor w = arena.tensor(Shape.of(3), 1, 2, 3);
    assertThat(Eager.of(new RmsNorm(Shape.of(3), 0, true)).forward(x, w).toArray())
        .containsExactly(1, 2, 3, -1, -2, -3);
  }

  /** The default eps keeps a row of zeros defined. */
  @Test
  void zerosStayZeros() {
    Tensor x = tensor(2, 3);
    Tensor w = arena.tensor(Shape.of(3), 1, 2, 3);
    assertThat(Eager.of(new RmsNorm(3)).forward(x, w).toArray()).containsOnly(0);
  }

  @Test
  void emptyBatchStaysEmpty() {
    Tensor x = tensor(0, 2, 2);
    Tensor w = tensor(2, 2);
    RmsNorm layer = new RmsNorm(2, 2);
    assertThat(Eager.of(layer).forward(x, w).shape()).isEqualTo(x.shape());
    NormGradients g = Eager.of(layer).backward(x, w, x);
    assertThat(g.input().shape()).isEqualTo(x.shape());
    assertThat(g.weight().toArray()).containsOnly(0).hasSize(4);
  }

  @Test
  void defaultsArePyTorchs() {
    Shape four = Shape.of(4);
    assertThat(new RmsNorm(4)).isEqualTo(new RmsNorm(four, 1.1920929e-7f, true));
    assertThat(new RmsNorm(four, 1e-5f, false).parameters(four)).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    RmsNorm layer = new RmsNorm(3, 4);
    RmsNorm plain = new RmsNorm(Shape.of(3, 4), 1e-5f, false);
    Tensor x = tensor(2, 3, 4);
    Tensor w = tensor(3, 4);
    String op = "rms_norm";
    return Stream.of(
            argument(op, () -> new RmsNorm((Shape) null), "normalized_shape", "null"),
            argument(op, () -> new RmsNorm(Shape.of()), "normalized_shape", "scalar"),
            argument(op, () -> new RmsNorm(3, 0), "normalized_shape", "3x0"),
            argument(op, () -> new RmsNorm(Shape.of(3), -1, true), "eps", "-1"),
            argument(op, () -> new RmsNorm(Shape.of(3), Float.NaN, true), "eps", "NaN"),
            shape(op, () -> Eager.of(layer).forward(tensor(2, 3, 5), w), "input 3x5", "shape 3x4"),
            shape(op, () -> Eager.of(layer).forward(tensor(3, 4), w), "input 4", "shape 3x4"),
            shape(op, () -> Eager.of(layer).forward(tensor(4), w), "input 4", "batch"),
            argument(op, () -> Eager.of(layer).forward(null, w), "input", "null"),
            argument(op, () -> Eager.of(layer).forward(x, null), "weight", "null"),
            argument(op, () -> Eager.of(plain).forward(x, w), "weight", "none"),
            shape(op, () -> Eager.of(layer).forward(x, tensor(12)), "weight 12", "3x4"),
            argument(op, () -> Eager.of(layer).backward(x, w, null), "grad_output", "null"),
            argument(op, () -> Eager.of(layer).backward(x, null, x), "weight", "null"),
            shape(op, () -> Eager.of(layer).backward(x, w, w), "grad_output 3x4", "2x3x4"))
        .map(Refusal::test);
  }
}
