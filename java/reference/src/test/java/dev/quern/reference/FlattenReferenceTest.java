package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.reference.layer.FlattenReference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class FlattenReferenceTest {
  private final NdArray images = NdArray.of(Shape.of(2, 2, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8);

  @Test
  void laysChannelsOneAfterAnother() {
    NdArray rows = FlattenReference.forward(images);
    assertThat(rows.shape()).isEqualTo(Shape.of(2, 4));
    assertThat(rows.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void copies() {
    FlattenReference.forward(images).set(0, 99);
    assertThat(images.get(0)).isEqualTo(1);
  }

  @Test
  void givesGradientsTheirShapeBack() {
    NdArray gradient = FlattenReference.backward(FlattenReference.forward(images), images.shape());
    assertThat(gradient.shape()).isEqualTo(images.shape());
    assertThat(gradient.at(1, 1, 0, 0)).isEqualTo(7);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    assertThatThrownBy(() -> FlattenReference.backward(images, images.shape()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("flatten: grad_output 2x2x1x2 must be 2x4");
  }
}
