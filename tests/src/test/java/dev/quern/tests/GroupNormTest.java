package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.NormGradients;
import dev.quern.engine.Engine;
import dev.quern.layer.GroupNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.GroupNormReference;
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

/** Group normalization against its twin: images and features, odd sizes, means far from zero. */
class GroupNormTest {
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

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1e-5",
    "1,2,1,1,1,1e-5",
    "2,6,4,5,1,1e-5",
    "2,6,4,5,2,1e-3",
    "3,6,7,3,6,1e-5",
    "1,63,5,5,7,0.1",
    "4,64,3,3,64,1e-5",
    "2,65,3,2,13,1e-5",
    "5,130,2,7,2,1e-5",
    "2,192,9,1,48,1e-5",
    "8,17,31,29,1,1e-5"
  })
  void agreesWithTheTwinOnImages(int n, int c, int h, int w, int groups, float eps) {
    agrees(groups, eps, n, c, h, w);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,7,1", "4,12,3", "1,30,30", "17,130,65", "3,1000,8", "200,64,4"})
  void agreesWithTheTwinOnFeatures(int n, int features, int groups) {
    agrees(groups, 1e-5f, n, features);
  }

  private void agrees(int groups, float eps, long... dims) {
    Values v = Values.floats(Values.seedOf("group_norm" + groups + Arrays.toString(dims)));
    NdArray x = v.array(dims);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) (x.get(i) * 2 + i % 5));
    }
    for (boolean affine : new boolean[] {true, false}) {
      agrees(new GroupNorm(groups, eps, affine), x, v);
    }
  }

  private void agrees(GroupNorm layer, NdArray x, Values v) {
    NdArray gy = v.array(x.shape());
    NdArray w = layer.affine() ? v.array(x.dim(1)) : null;
    NdArray b = layer.affine() ? v.array(x.dim(1)) : null;
    String what = " of " + layer + " on " + x + ", " + v;
    Tensor y = Eager.of(layer).forward(t(x), t(w), t(b));
    assertThat(Engine.lastImplementation()).startsWith("group_norm:");
    Compare.close("output" + what, y, GroupNormReference.forward(layer, x, w, b), 1);
    NormGradients got = Eager.of(layer).backward(t(x), t(w), t(gy));
    dev.quern.reference.layer.NormGradients wanted = GroupNormReference.backward(layer, x, w, gy);
    Compare.close("grad_input" + what, got.input(), wanted.input(), 1);
    if (layer.affine()) {
      Compare.close("grad_weight" + what, got.weight(), wanted.weight(), 1);
      Compare.close("grad_bias" + what, got.bias(), wanted.bias(), 1);
    } else {
      assertThat(got.weight()).isNull();
      assertThat(got.bias()).isNull();
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
    agrees(new GroupNorm(3), x, v);
    agrees(new GroupNorm(1, 1e-8f, true), x.reshape(Shape.of(3, 12 * 9 * 7)), v);
  }

  @Test
  void constantInputsBecomeTheBias() {
    NdArray x = new NdArray(Shape.of(2, 4, 3, 3));
    Arrays.fill(x.values(), 0.1f);
    Values v = Values.floats(12);
    agrees(new GroupNorm(2), x, v);
    Tensor bias = arena.tensor(Shape.of(4), 1, 2, 3, 4);
    float[] y = Eager.of(new GroupNorm(2)).forward(t(x), bias, bias).toArray();
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(1 + i / 9 % 4);
    }
  }

  @Test
  void emptyBatchStaysEmpty() {
    GroupNorm layer = new GroupNorm(2);
    Tensor w = arena.tensor(Shape.of(4), 1, 1, 1, 1);
    for (Tensor x : new Tensor[] {tensor(0, 4, 3, 3), tensor(0, 4)}) {
      assertThat(Eager.of(layer).forward(x, w, w).shape()).isEqualTo(x.shape());
      NormGradients g = Eager.of(layer).backward(x, w, x);
      assertThat(g.input().shape()).isEqualTo(x.shape());
      assertThat(g.weight().toArray()).containsOnly(0).hasSize(4);
      assertThat(g.bias().toArray()).containsOnly(0).hasSize(4);
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    GroupNorm layer = new GroupNorm(2);
    GroupNorm plain = new GroupNorm(2, 1e-5f, false);
    Tensor x = tensor(2, 4, 3, 3);
    Tensor c = tensor(4);
    String op = "group_norm";
    return Stream.of(
            argument(op, () -> new GroupNorm(0), "num_groups", "0"),
            argument(op, () -> new GroupNorm(-3), "num_groups", "-3"),
            argument(op, () -> new GroupNorm(1, -1f, true), "eps", "-1"),
            argument(op, () -> new GroupNorm(1, Float.NaN, true), "eps", "NaN"),
            argument(op, () -> new GroupNorm(1, Float.POSITIVE_INFINITY, true), "eps", "Infinity"),
            shape(
                op,
                () -> Eager.of(new GroupNorm(3)).forward(x, c, c),
                "4 channels",
                "num_groups 3"),
            shape(
                op,
                () -> Eager.of(new GroupNorm(8)).forward(x, c, c),
                "4 channels",
                "num_groups 8"),
            argument(op, () -> Eager.of(layer).forward(null, c, c), "input", "null"),
            argument(op, () -> Eager.of(layer).forward(x, null, c), "weight", "null"),
            argument(op, () -> Eager.of(layer).forward(x, c, null), "bias", "null"),
            argument(op, () -> Eager.of(plain).forward(x, c, null), "weight", "none"),
            argument(op, () -> Eager.of(plain).forward(x, null, c), "bias", "none"),
            shape(op, () -> Eager.of(layer).forward(x, tensor(3), c), "weight 3", "4"),
            shape(op, () -> Eager.of(layer).forward(x, c, tensor(1, 4)), "bias 1x4", "4"),
            shape(op, () -> Eager.of(layer).forward(tensor(4), c, c), "input 4"),
            shape(op, () -> Eager.of(layer).forward(tensor(2, 4, 3), c, c), "4x3"),
            shape(op, () -> Eager.of(layer).forward(tensor(2, 0), c, c), "0"),
            shape(op, () -> Eager.of(layer).forward(tensor(2, 4, 0, 3), c, c), "4x0x3"),
            argument(op, () -> Eager.of(layer).backward(x, c, null), "grad_output", "null"),
            argument(op, () -> Eager.of(layer).backward(x, null, x), "weight", "null"),
            shape(
                op,
                () -> Eager.of(layer).backward(x, c, tensor(2, 4)),
                "grad_output 2x4",
                "2x4x3x3"))
        .map(Refusal::test);
  }
}
