package dev.quern.tests;

import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Extremum;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.ArgmaxReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** argmax and argmin against their twin, with equals and NaN. */
class ArgmaxTest {
  private static final Shape IMAGE = Shape.of(4, 5, 6);

  static Stream<Extremum> all() {
    return IntStream.range(-3, 3)
        .boxed()
        .flatMap(
            axis ->
                Stream.of(
                    new Argmax(axis),
                    new Argmin(axis).keepDim(true),
                    new Argmax(axis).selectLast(true).keepDim(true),
                    new Argmin(axis).selectLast(true)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void agreesWithItsTwin(Extremum layer) {
    check(layer, 2, 3, 5, 7);
    check(layer, 3, 65, 9, 2);
    check(layer, 2, 2, 3, 100);
  }

  private static void check(Extremum layer, long... dims) {
    Shape in = Shape.of(dims);
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, i % 53 == 0 ? Double.NaN : Math.rint(x.get(i) * 2));
    }
    NdArray y = ArgmaxReference.forward(layer, x);
    String what = layer + " on " + in + ", " + v;
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor ty = p.run(layer.type(), () -> Eager.of(layer).forward(tx));
      Compare.close("output of " + what, ty, y, 0);
      assertThat(Eager.of(layer).backward(tx, ty).toArray()).containsOnly(0);
    }
  }

  @Test
  void firstAndLastAndNaN() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(2, 4), 1, 3, 3, 1, Float.NaN, 9, Float.NaN, -9);
      assertThat(Eager.of(new Argmax(0)).forward(x).toArray()).containsExactly(1, 0);
      assertThat(Eager.of(new Argmax(0).selectLast(true)).forward(x).toArray())
          .containsExactly(2, 2);
      assertThat(Eager.of(new Argmin(0)).forward(x).toArray()).containsExactly(0, 0);
      assertThat(Eager.of(new Argmin(0).selectLast(true)).forward(x).toArray())
          .containsExactly(3, 2);
      Tensor none = a.tensor(IMAGE.batch(0));
      assertThat(Eager.of(new Argmax(1)).forward(none).shape()).isEqualTo(Shape.of(0, 4, 6));
      assertThat(Eager.of(new Argmax(1)).backward(none, a.tensor(Shape.of(0, 4, 6))).shape())
          .isEqualTo(none.shape());
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    return Stream.of(
            shape("argmax", () -> new Argmax(3).outputShape(IMAGE), "axis 3", "4x5x6"),
            shape("argmin", () -> new Argmin(0).outputShape(Shape.of(0, 2)), "empty"),
            shape("argmax", () -> new Argmax(0).outputShape(Shape.of((1 << 24) + 1)), "2^24"))
        .map(Refusal::test);
  }
}
