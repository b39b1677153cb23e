package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MultiplyReferenceTest {
  private static final NdArray X = NdArray.of(Shape.of(1, 2, 1, 2), 1, 2, 3, 4);
  private static final NdArray GATE = NdArray.of(Shape.of(1, 2, 1, 1), 10, 100);

  @Test
  void oneValueServesAllPixelsOfAChannel() {
    assertThat(MultiplyReference.forward(List.of(X, GATE)).values())
        .containsExactly(10, 20, 300, 400);
    List<NdArray> back = MultiplyReference.backward(List.of(X, GATE), X);
    assertThat(back.get(0).values()).containsExactly(10, 20, 300, 400);
    assertThat(back.get(1).values()).containsExactly(1 + 4, 9 + 16);
  }

  static Stream<Shape> others() {
    return Stream.of(Shape.of(2, 3, 4, 5), Shape.of(2, 3, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("others")
  void gradientsMatchFiniteDifferences(Shape otherShape) {
    NdArray input = random(1, Shape.of(2, 3, 4, 5));
    NdArray other = random(2, otherShape);
    NdArray gradOutput = random(3, input.shape());
    List<NdArray> both = List.of(input, other);
    List<NdArray> back = MultiplyReference.backward(both, gradOutput);
    for (int i = 0; i < 2; i++) {
      assertClose(
          "input " + i,
          back.get(i),
          CentralDifference.gradient(
              both.get(i), 1e-4, () -> dot(MultiplyReference.forward(both), gradOutput)),
          1e-9);
    }
  }

  @Test
  void refusesOtherShapes() {
    assertThatThrownBy(
            () -> MultiplyReference.forward(List.of(X, new NdArray(Shape.of(1, 2, 1, 3)))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("multiply: inputs 2x1x2 and 2x1x3 differ in axis 2, where neither is 1");
    assertThatThrownBy(() -> MultiplyReference.backward(List.of(X, GATE), GATE))
        .isInstanceOf(ShapeException.class)
        .hasMessage("multiply: grad_output 1x2x1x1 must be 1x2x1x2");
  }
}
