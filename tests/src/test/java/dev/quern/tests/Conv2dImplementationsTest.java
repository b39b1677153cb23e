package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing and forcing implementations of conv2d, empty batches, and sums split into parts. */
class Conv2dImplementationsTest {
  private static final Shape INPUT = Shape.of(2, 3, 5, 5);

  /** The implementation that a small convolution of this kernel runs now. */
  private static String chosen(int kernel) {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(INPUT);
      Eager.of(new Conv2d(4, kernel).bias(false))
          .forward(x, a.tensor(Shape.of(4, 3, kernel, kernel)), null);
      return Engine.lastImplementation().split(":")[1];
    }
  }

  @Test
  void listIsBestFirstAndReferenceIsLast() {
    assertThat(Conv2dPass.implementations())
        .contains("gemm", "direct", "im2col")
        .doesNotHaveDuplicates();
    assertThat(Conv2dPass.implementations().get(Conv2dPass.implementations().size() - 1))
        .isEqualTo("reference");
  }

  @Test
  void firstOfTheListThatAcceptsIsChosen() {
    for (int kernel : new int[] {1, 3}) {
      Conv2d layer = new Conv2d(4, kernel).bias(false);
      String first =
          Conv2dPass.implementations().stream()
              .filter(name -> Eager.of(layer).accepts(name, INPUT))
              .findFirst()
              .orElseThrow();
      assertThat(chosen(kernel)).isEqualTo(first).isNotEqualTo("reference");
    }
  }

  @Test
  void forcingNestsAndEnds() {
    String before = chosen(3);
    Passes.forcing(
        "reference",
        () -> {
          Passes.forcing("im2col", () -> assertThat(chosen(3)).isEqualTo("im2col"));
          assertThat(chosen(3)).isEqualTo("reference");
        });
    assertThat(chosen(3)).isEqualTo(before);
  }

  @Test
  void forcingHoldsForItsThreadOnly() {
    String before = chosen(3);
    Passes.forcing(
        "reference",
        () -> assertThat(CompletableFuture.supplyAsync(() -> chosen(3)).join()).isEqualTo(before));
  }

  @Test
  void forcedImplementationThatRefusesSaysWhy() {
    Passes.forcing(
        "gemm",
        () ->
            assertThatThrownBy(() -> chosen(3))
                .isExactlyInstanceOf(InvalidArgumentException.class)
                .hasMessageStartingWith("conv2d: gemm refuses")
                .hasMessageContaining("1x1"));
    assertThat(Eager.of(new Conv2d(4, 3)).accepts("gemm", INPUT)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void emptyBatchGivesEmptyOutputAndZeroGradients(int kernel) {
    Conv2d layer = new Conv2d(4, kernel);
    Shape empty = Shape.of(0, 3, 5, 5);
    Shape out = layer.outputShape(empty.sample()).batch(0);
    for (String implementation : Conv2dPass.implementations()) {
      if (Eager.of(layer).accepts(implementation, empty)) {
        Passes.forcing(
            implementation,
            () -> {
              try (Arena a = new Arena()) {
                Tensor w = a.tensor(layer.weightShape(3));
                Tensor x = a.tensor(empty);
                Tensor y = Eager.of(layer).forward(x, w, a.tensor(Shape.of(4)));
                assertThat(y.shape()).isEqualTo(out);
                assertThat(Eager.of(layer).backwardData(y, w, empty).shape()).isEqualTo(empty);
                Gradients g = Eager.of(layer).backwardWeights(x, y);
                assertThat(g.weight().toArray()).hasSize(12 * kernel * kernel).containsOnly(0);
                assertThat(g.bias().toArray()).hasSize(4).containsOnly(0);
              }
            });
      }
    }
  }

  /**
   * More partial sums of the weights' gradient than their memory is granted for. Input {@code d[p]
   * e[c]} and output gradient {@code a[p] b[o]} have the gradient {@code b[o] e[c] sum_p a[p]
   * d[p]}, which small integers make exact.
   */
  @Test
  void manyWeightsWithMorePixelsThanPartialSumsAreAffordable() {
    int in = 4096;
    int out = 512;
    int pixels = 6 * 64 + 1;
    Values v = new Values(Values.Kind.INTEGERS, 1);
    double[] a = v.array(pixels).values();
    double[] b = v.array(out).values();
    double[] d = v.array(pixels).values();
    double[] e = v.array(in).values();
    double sum = 0;
    for (int p = 0; p < pixels; p++) {
      sum += a[p] * d[p];
    }
    try (Arena arena = new Arena()) {
      Tensor x = arena.tensor(Shape.of(1, in, 1, pixels), outer(e, d));
      Tensor gy = arena.tensor(Shape.of(1, out, 1, pixels), outer(b, a));
      float[] gw =
          Eager.of(new Conv2d(out, 1).bias(false)).backwardWeights(x, gy).weight().toArray();
      float[] wanted = outer(b, e);
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] *= (float) sum;
      }
      assertThat(Compare.sameValues(gw, wanted)).as("seed %s", v).isTrue();
    }
  }

  private static float[] outer(double[] rows, double[] columns) {
    float[] all = new float[rows.length * columns.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (rows[i / columns.length] * columns[i % columns.length]);
    }
    return all;
  }
}
