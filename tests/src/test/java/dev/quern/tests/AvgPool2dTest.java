package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.AvgPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AvgPool2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** avg_pool2d against its twin. */
class AvgPool2dTest {
  @TestFactory
  Stream<DynamicTest> everyParameter() {
    return PoolCase.all().stream()
        .flatMap(
            c ->
                Stream.of(true, false)
                    .map(pad -> dynamicTest(c + " " + pad, () -> check(c.avg(pad), c.input()))));
  }

  private static void check(AvgPool2d layer, Shape input) {
    Values v = Values.floats(Values.seedOf(layer + " " + input));
    NdArray x = v.array(input);
    check(layer, x, v);
  }

  private static void check(AvgPool2d layer, NdArray x, Values v) {
    NdArray y = AvgPool2dReference.forward(layer, x);
    NdArray gy = v.array(y.shape());
    NdArray gx = AvgPool2dReference.backward(layer, gy, x.shape());
    String what = layer + " on " + x.shape() + ", " + v;
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor ty = p.run("avg_pool2d", () -> Eager.of(layer).forward(tx));
      Tensor tgx = p.run("avg_pool2d", () -> Eager.of(layer).backward(tgy, x.shape()));
      double typical = 0.5 / (layer.kernel().height() * layer.kernel().width());
      Compare.agree(v.kind(), "output of " + what, ty, y, typical);
      Compare.agree(v.kind(), "grad_input of " + what, tgx, gx, typical);
    }
  }

  /** Divisors that are powers of two leave small integers exact. */
  @TestFactory
  Stream<DynamicTest> exactDivisors() {
    return Stream.of(Size.of(1), Size.of(2), Size.of(4), new Size(1, 4), new Size(4, 2))
        .map(
            kernel ->
                dynamicTest(
                    kernel.toString(),
                    () -> {
                      for (int channels : Conv2dTest.CHANNELS) {
                        Values v = new Values(Values.Kind.INTEGERS, channels);
                        check(new AvgPool2d(kernel).stride(1), v.array(2, channels, 7, 9), v);
                      }
                    }));
  }

  private static float[] pool(AvgPool2d layer, float... row) {
    try (Arena a = new Arena()) {
      return Eager.of(layer).forward(a.tensor(Shape.of(1, 1, 1, row.length), row)).toArray();
    }
  }

  @Test
  void divisorCountsPaddingUnlessToldOtherwiseAndNeverWhatCeilModeAdds() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 2)).padding(new Size(0, 1));
    assertThat(pool(layer, 2, 4, 6)).containsExactly(1, 5);
    assertThat(pool(layer.countIncludePad(false), 2, 4, 6)).containsExactly(2, 5);
    AvgPool2d ceil = new AvgPool2d(new Size(1, 2)).ceilMode(true);
    assertThat(pool(ceil, 2, 4, 6)).containsExactly(3, 6);
  }

  /** ONNX's rule and PyTorch's: the divisor stops where the padding of that side does. */
  @Test
  void divisorStopsAtThePaddedEdgeOfEachSide() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 4)).stride(2).padding(0, 1, 0, 0).ceilMode(true);
    assertThat(pool(layer, 1, 2, 3, 4, 5)).containsExactly(2.5f, 3);
    assertThat(pool(layer.padding(1, 0, 0, 0), 1, 2, 3, 4, 5)).containsExactly(1.5f, 3.5f);
    assertThat(pool(layer.padding(0, 3, 0, 0).countIncludePad(false), 1, 2, 3, 4, 5))
        .containsExactly(2.5f, 4, 5);
  }

  @Test
  void dilatedWindowThatStepsOverTheInputGivesZeroAndNoGradient() {
    AvgPool2d layer = new AvgPool2d(2).stride(1).padding(1).dilation(5);
    NdArray x = Values.floats(3).array(1, 2, 4, 4);
    assertThat(AvgPool2dReference.forward(layer, x).values()).containsOnly(0);
    check(layer, x, Values.floats(4));
    check(layer.countIncludePad(false), x, Values.floats(4));
  }

  @Test
  void nanAndInfinityStayInTheirWindows() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 2));
    float inf = Float.POSITIVE_INFINITY;
    assertThat(pool(layer, Float.NaN, 1, inf, 1, inf, -inf, 1, 3))
        .containsExactly(Float.NaN, inf, Float.NaN, 2);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    AvgPool2d layer = new AvgPool2d(2);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 3, 5, 7));
      Tensor y = Eager.of(layer).forward(x);
      assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 2, 3));
      assertThat(Eager.of(layer).backward(y, x.shape()).shape()).isEqualTo(x.shape());
    }
  }
}
