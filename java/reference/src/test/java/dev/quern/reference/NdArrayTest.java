package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class NdArrayTest {
  private final NdArray array = NdArray.of(Shape.of(2, 3), 0, 1, 2, 10, 11, 12);

  @Test
  void isRowMajor() {
    assertThat(array.offset(1, 2)).isEqualTo(5);
    assertThat(array.at(1, 0)).isEqualTo(10);
    assertThat(array.at(0, 2)).isEqualTo(2);
  }

  @Test
  void startsAsZeros() {
    assertThat(new NdArray(Shape.of(2, 2)).values()).containsExactly(0, 0, 0, 0);
    assertThat(new NdArray(Shape.of()).values()).containsExactly(0);
    assertThat(new NdArray(Shape.of(0, 3)).size()).isZero();
  }

  @Test
  void widensAndNarrowsFloats() {
    NdArray widened = NdArray.of(Shape.of(2), new float[] {0.1f, -2});
    assertThat(widened.values()).containsExactly(0.1f, -2);
    assertThat(widened.toFloats()).containsExactly(0.1f, -2);
  }

  @Test
  void reshapeSharesAndCopyDoesNot() {
    NdArray flat = array.reshape(Shape.of(6));
    NdArray copy = array.copy();
    flat.set(4, 99);
    assertThat(array.at(1, 1)).isEqualTo(99);
    assertThat(copy.at(1, 1)).isEqualTo(11);
  }

  @Test
  void refusesTheWrongNumberOfValues() {
    assertThatThrownBy(() -> NdArray.of(Shape.of(2, 2), 1, 2, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("array: 3 values do not fill shape 2x2, which needs 4");
    assertThatThrownBy(() -> array.reshape(Shape.of(5))).isInstanceOf(ShapeException.class);
  }

  @Test
  void refusesIndicesOutsideTheShape() {
    assertThatThrownBy(() -> array.at(0, 3))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("array: index 3 is outside axis 1 of shape 2x3");
    assertThatThrownBy(() -> array.at(-1, 0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> array.at(1)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void refusesMoreThanAJavaArrayHolds() {
    assertThatThrownBy(() -> new NdArray(Shape.of(1 << 20, 1 << 20)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1048576x1048576");
  }
}
