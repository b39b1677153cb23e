package dev.quern.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void countsElements() {
    assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
    assertThat(Shape.of().elements()).isEqualTo(1);
    assertThat(Shape.of(5, 0, 1L << 40).elements()).isZero();
  }

  @Test
  void refusesNegativeAndOverflowingSizes() {
    assertThatThrownBy(() -> Shape.of(2, -3))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("shape: dimension -3 in 2x-3 is negative");
    assertThatThrownBy(() -> Shape.of(1L << 30, 1L << 30))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("more than 2^53 elements");
    assertThatThrownBy(() -> Shape.of(2, 3).dim(2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("axis 2 is outside 2x3");
  }

  @Test
  void addsAndDropsTheBatch() {
    assertThat(Shape.of(3, 32, 32).batch(64)).isEqualTo(Shape.of(64, 3, 32, 32));
    assertThat(Shape.of(64, 10).sample()).isEqualTo(Shape.of(10));
    assertThat(Shape.of(64, 3, 2, 1)).hasToString("64x3x2x1");
  }
}
