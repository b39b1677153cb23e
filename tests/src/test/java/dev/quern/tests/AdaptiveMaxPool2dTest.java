package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AdaptiveMaxPool2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** adaptive_max_pool2d against its twin; small integers tie all the time. */
class AdaptiveMaxPool2dTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private static void check(AdaptiveMaxPool2d layer, long... dims) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, Values.seedOf(layer + " " + Shape.of(dims)));
      check(layer, v.array(Shape.of(dims)), v);
    }
  }

  /** The maximum is a copy, so it is exact for any input; gradients are sums. */
  private static void check(AdaptiveMaxPool2d layer, NdArray x, Values v) {
    NdArray y = AdaptiveMaxPool2dReference.forward(layer, x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + x.shape() + ", " + v;
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Compare.exact("output of " + what, p.run(layer.type(), () -> Eager.of(layer).forward(tx)), y);
      Compare.agree(
          v.kind(),
          "grad_input of " + what,
          p.run(layer.type(), () -> Eager.of(layer).backward(tx, tgy)),
          AdaptiveMaxPool2dReference.backward(layer, x, gy),
          0.5);
    }
  }

  @Test
  void everySize() {
    for (int h = 1; h <= 6; h++) {
      for (int w = 1; w <= 6; w++) {
        check(new AdaptiveMaxPool2d(new Size(h, w)), 2, 3, 5, 7);
        check(new AdaptiveMaxPool2d(new Size(h, w)), 1, 2, 1, 1);
      }
    }
    check(new AdaptiveMaxPool2d(1), 3, 5, 31, 33);
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      check(new AdaptiveMaxPool2d(new Size(2, 3)), 2, channels, 5, 4);
    }
  }

  /** One row in two windows of two that share the middle of three. */
  private static float[] gradient(float... values) {
    AdaptiveMaxPool2d layer = new AdaptiveMaxPool2d(new Size(1, 2));
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, 1, 1, values.length), values);
      return Eager.of(layer).backward(x, a.tensor(Shape.of(1, 1, 1, 2), 1, 2)).toArray();
    }
  }

  @Test
  void firstOfEqualMaximaReceivesTheGradient() {
    assertThat(gradient(5, 5, 5)).containsExactly(1, 2, 0);
    assertThat(gradient(1, 5, 0)).containsExactly(0, 3, 0);
    assertThat(gradient(-INF, -INF, -INF)).containsExactly(1, 2, 0);
  }

  @Test
  void nanWinsItsWindowAndReceivesTheGradient() {
    assertThat(gradient(1, NAN, INF)).containsExactly(0, 3, 0);
    assertThat(gradient(NAN, 1, 2)).containsExactly(1, 0, 2);
  }

  /** Values that compare strangely, at every place of a window and of a vector. */
  @Test
  void specialValues() {
    for (int channels : new int[] {1, 3, 8, 17}) {
      Values v = Values.floats(channels);
      NdArray x = v.array(2, channels, 7, 6);
      for (int i = 0; i < x.size(); i++) {
        if (v.nextInt(0, 2) == 0) {
          x.set(i, v.pick(NAN, INF, -INF, 0f, -0f, Float.MIN_VALUE));
        }
      }
      check(new AdaptiveMaxPool2d(3), x, v);
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    AdaptiveMaxPool2d layer = new AdaptiveMaxPool2d(2);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 3, 5, 7));
      Tensor y = Eager.of(layer).forward(x);
      assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 2, 2));
      assertThat(Eager.of(layer).backward(x, y).shape()).isEqualTo(x.shape());
    }
  }
}
