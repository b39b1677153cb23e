package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Sum;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.ReductionReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** sum, mean, amax, amin and prod against their twins; equal extremes, zeros and long sums. */
class ReductionTest {
  private static final Shape IMAGE = Shape.of(4, 5, 6);

  static Stream<Reduction> all() {
    return Stream.of(new int[][] {{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}, {-1, 0}, {2, 1, 0}})
        .flatMap(axes -> of(axes).stream());
  }

  private static List<Reduction> of(int... axes) {
    return List.of(
        new Amax(axes),
        new Amin(axes).keepDims(true),
        new Mean(axes),
        new Mean(axes).keepDims(true),
        new Prod(axes),
        new Sum(axes),
        new Sum(axes).keepDims(true));
  }

  @ParameterizedTest
  @MethodSource("all")
  void agreesWithItsTwin(Reduction layer) {
    check(layer, 1, 2, 3, 5, 7);
    check(layer, 1, 3, 65, 9, 2);
    check(layer, 0.25, 2, 4, 3, 4); // whose numbers are few, so that there are equals and zeros
  }

  @Test
  void anyRank() {
    of(0).forEach(layer -> check(layer, 1, 4, 1000));
    of(1, -1).forEach(layer -> check(layer, 1, 2, 2, 3, 1, 2, 3, 2));
    of(0, 1, 2, 3, 4, 5).forEach(layer -> check(layer, 1, 2, 2, 3, 1, 2, 3, 2));
  }

  /**
   * Both passes on {@code [N, ...]}, whose numbers are multiples of a step, or any where it is 1.
   */
  private static void check(Reduction layer, double step, long... dims) {
    Shape in = Shape.of(dims);
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    for (int i = 0; i < x.size(); i++) {
      if (step < 1) {
        x.set(i, Math.rint(x.get(i) / step) * step);
      } else if (layer instanceof Prod) {
        x.set(i, (float) (1 + x.get(i) / 8)); // a product of thousands is a float, too
      }
    }
    NdArray y = ReductionReference.forward(layer, x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + in + ", " + v;
    double typical = layer instanceof Prod ? 0 : Compare.typical(Math.max(1, x.size() / y.size()));
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Compare.close(
          "output of " + what, p.run(layer.type(), () -> Eager.of(layer).forward(tx)), y, typical);
      Compare.close(
          "grad_input of " + what,
          p.run(layer.type(), () -> Eager.of(layer).backward(tx, tgy)),
          ReductionReference.backward(layer, x, gy),
          0);
    }
  }

  @Test
  void emptyBatches() {
    for (Reduction layer : of(0, 2)) {
      try (Arena a = new Arena()) {
        Tensor x = a.tensor(IMAGE.batch(0));
        Tensor y = Eager.of(layer).forward(x);
        assertThat(y.shape()).isEqualTo(layer.outputShape(IMAGE).batch(0));
        assertThat(Eager.of(layer).backward(x, y).shape()).isEqualTo(x.shape());
      }
    }
  }

  @Test
  void shapes() {
    assertThat(new Mean(0, 1, 2).outputShape(IMAGE)).isEqualTo(Shape.of(1));
    assertThat(new Sum(1).keepDims(true).outputShape(IMAGE)).isEqualTo(Shape.of(4, 1, 6));
    Shape free = Shape.of(4, Shape.FREE, 6);
    assertThat(new Amax(1).outputShape(free)).isEqualTo(Shape.of(4, 6));
    assertThat(new Prod(2).keepDims(true).outputShape(free)).isEqualTo(Shape.of(4, Shape.FREE, 1));
  }

  @Test
  void longSumsKeepTheirOnes() {
    float[] values = new float[1 << 20];
    Arrays.fill(values, 1);
    values[0] = 1 << 24;
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, values.length), values);
      assertThat(Eager.of(new Sum(0)).forward(x).toArray()).containsExactly((1 << 24) + (1 << 20));
    }
  }

  @Test
  void equalExtremesShareTheGradientAndZerosLeaveTheOthersProduct() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(3, 3), 2, 2, 1, 0, 2, 4, 0, 5, 0);
      Tensor ones = a.tensor(Shape.of(3, 1), 1, 1, 1);
      assertThat(Eager.of(new Amax(0)).backward(x, ones).toArray())
          .containsExactly(0.5f, 0.5f, 0, 0, 0, 1, 0, 1, 0);
      assertThat(Eager.of(new Amin(0)).backward(x, ones).toArray())
          .containsExactly(0, 0, 1, 1, 0, 0, 0.5f, 0, 0.5f);
      assertThat(Eager.of(new Prod(0)).backward(x, ones).toArray())
          .containsExactly(2, 2, 4, 8, 0, 0, 0, 0, 0);
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    return Stream.of(
            argument("mean", () -> new Mean(), "at least 1 axis"),
            argument("sum", () -> new Sum((List<Integer>) null, true), "axes", "null"),
            shape("amax", () -> new Amax(3).outputShape(IMAGE), "axis 3"),
            shape("amin", () -> new Amin(-4).outputShape(IMAGE), "axis -4", "4x5x6"),
            shape("prod", () -> new Prod(0, -3).outputShape(IMAGE), "[0, -3]", "twice"),
            shape("sum", () -> new Sum(0).outputShape(Shape.of(0, 2)), "empty"))
        .map(Refusal::test);
  }
}
