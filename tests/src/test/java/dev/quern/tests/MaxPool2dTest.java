package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.MaxPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** max_pool2d against its twin; small integers tie all the time. */
class MaxPool2dTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  @TestFactory
  Stream<DynamicTest> everyParameter() {
    return PoolCase.all().stream()
        .map(c -> dynamicTest(c.toString(), () -> check(c.max(), c.input())));
  }

  private static void check(MaxPool2d layer, Shape input) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, Values.seedOf(layer + " " + input));
      check(layer, v.array(input), v);
    }
  }

  /** The maximum is a copy, so it is exact for any input; gradients are sums. */
  private static void check(MaxPool2d layer, NdArray x, Values v) {
    NdArray y = MaxPool2dReference.forward(layer, x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + x.shape() + ", " + v;
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Compare.exact("output of " + what, p.run("max_pool2d", () -> Eager.of(layer).forward(tx)), y);
      Compare.agree(
          v.kind(),
          "grad_input of " + what,
          p.run("max_pool2d", () -> Eager.of(layer).backward(tx, tgy)),
          MaxPool2dReference.backward(layer, x, gy),
          0.5);
    }
  }

  /** One row of windows of two along four values, with gradients 1, 2, 3. */
  private static float[] gradient(float... values) {
    MaxPool2d layer = new MaxPool2d(new Size(1, 2)).stride(1);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, 1, 1, values.length), values);
      Tensor y = Eager.of(layer).forward(x);
      return Eager.of(layer).backward(x, a.tensor(y.shape(), 1, 2, 3)).toArray();
    }
  }

  @Test
  void firstOfEqualMaximaReceivesTheGradient() {
    assertThat(gradient(5, 5, 5, 5)).containsExactly(1, 2, 3, 0);
    assertThat(gradient(1, 5, 5, 0)).containsExactly(0, 3, 3, 0);
    assertThat(gradient(-INF, -INF, -INF, -INF)).containsExactly(1, 2, 3, 0);
    assertThat(gradient(0f, -0f, 0f, -0f)).containsExactly(1, 2, 3, 0);
  }

  @Test
  void nanWinsItsWindowAndReceivesTheGradient() {
    assertThat(gradient(1, NAN, INF, 0)).containsExactly(0, 3, 3, 0);
    assertThat(gradient(NAN, 1, 2, NAN)).containsExactly(1, 0, 2, 3);
  }

  /** Values that compare strangely, at every place of a window and of a vector. */
  @TestFactory
  Stream<DynamicTest> specialValues() {
    return Stream.of(1, 3, 8, 17)
        .map(
            channels ->
                dynamicTest(
                    channels + " channels",
                    () -> {
                      Values v = Values.floats(channels);
                      NdArray x = v.array(2, channels, 7, 6);
                      for (int i = 0; i < x.size(); i++) {
                        if (v.nextInt(0, 2) == 0) {
                          x.set(i, v.pick(NAN, INF, -INF, 0f, -0f, Float.MIN_VALUE));
                        }
                      }
                      check(new MaxPool2d(3).stride(2).padding(1).ceilMode(true), x, v);
                      check(new MaxPool2d(new Size(1, 2)), x, v);
                    }));
  }

  @Test
  void dilatedWindowThatStepsOverTheInputGivesMinusInfinityAndNoGradient() {
    MaxPool2d layer = new MaxPool2d(2).stride(1).padding(1).dilation(5);
    NdArray x = Values.floats(3).array(1, 2, 4, 4);
    assertThat(MaxPool2dReference.forward(layer, x).values())
        .containsOnly(Double.NEGATIVE_INFINITY);
    check(layer, x, Values.floats(4));
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    MaxPool2d layer = new MaxPool2d(2);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 3, 5, 7));
      Tensor y = Eager.of(layer).forward(x);
      assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 2, 3));
      assertThat(Eager.of(layer).backward(x, y).shape()).isEqualTo(x.shape());
    }
  }
}
