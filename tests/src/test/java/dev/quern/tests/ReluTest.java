package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.Relu;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.ReluReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** relu against its twin: it copies or drops values, so every comparison is exact. */
class ReluTest {
  /** Around the widths of vectors and the pieces that threads get. */
  @TestFactory
  Stream<DynamicTest> shapes() {
    return Stream.of(
            Shape.of(),
            Shape.of(0),
            Shape.of(1),
            Shape.of(7),
            Shape.of(8),
            Shape.of(15),
            Shape.of(16, 1),
            Shape.of(17),
            Shape.of(3, 33),
            Shape.of(2, 3, 5, 7),
            Shape.of(16383),
            Shape.of(16384),
            Shape.of(16385),
            Shape.of(5, 13, 31, 37))
        .map(shape -> dynamicTest(shape.toString(), () -> check(shape)));
  }

  private static void check(Shape shape) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, Values.seedOf(shape));
      check(v.array(shape), v);
    }
  }

  private static void check(NdArray x, Values v) {
    NdArray gy = v.array(x.shape());
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor y = p.run("relu", () -> Eager.of(new Relu()).forward(tx));
      Compare.exact("output of relu, " + v, y, ReluReference.forward(x));
      NdArray gx = ReluReference.backward(x, gy);
      Tensor fromInput = p.run("relu", () -> Eager.of(new Relu()).backward(tx, tgy));
      Compare.exact("grad_input of relu, " + v, fromInput, gx);
      Tensor fromOutput = p.run("relu", () -> Eager.of(new Relu()).backward(y, tgy));
      Compare.exact("grad_input of relu from its output, " + v, fromOutput, gx);
    }
  }

  @Test
  void specialValuesAtEveryPlaceOfAVector() {
    float inf = Float.POSITIVE_INFINITY;
    float[] special = {Float.NaN, inf, -inf, 0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE};
    for (int at = 0; at < 35; at++) {
      for (float value : special) {
        Values v = Values.floats(at);
        NdArray x = v.array(35);
        x.set(at, value);
        check(x, v);
      }
    }
  }

  @Test
  void nanPassesBothWaysAndTheDerivativeAtZeroIsZero() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(4), Float.NaN, 0, -0f, 2);
      Tensor gy = a.tensor(Shape.of(4), 5, 6, 7, 8);
      assertThat(Eager.of(new Relu()).forward(x).toArray()).containsExactly(Float.NaN, 0, 0, 2);
      assertThat(Eager.of(new Relu()).backward(x, gy).toArray()).containsExactly(5, 0, 0, 8);
    }
  }

  /** A gradient that is NaN where the derivative is 0 is dropped, not multiplied by 0. */
  @Test
  void gradientIsSelectedNotMultiplied() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(2), -1, 1);
      Tensor gy = a.tensor(Shape.of(2), Float.NaN, Float.NaN);
      assertThat(Eager.of(new Relu()).backward(x, gy).toArray()).containsExactly(0, Float.NaN);
    }
  }
}
