package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.shape.GridSample;
import dev.quern.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dynamic sizes of images that are sampled at computed places. */
class FreeSampledSizesTest {
  private static final Shape FREE = Shape.of(8, Shape.FREE, Shape.FREE);

  /** Also at points of any number. */
  @Test
  void sampledImages() {
    GridSample layer = new GridSample();
    assertThat(layer.outputShape(List.of(FREE, Shape.of(4, 5, 2)))).isEqualTo(Shape.of(8, 4, 5));
    assertThat(layer.outputShape(List.of(Shape.of(3, 4, 5), Shape.of(Shape.FREE, 7, 2))))
        .isEqualTo(Shape.of(3, Shape.FREE, 7));
  }

  /** A size of the image or of the offsets suffices. */
  @Test
  void deformableConvolutions() {
    DeformConv2d layer = new DeformConv2d(5, 3).padding(1).stride(2);
    Shape free = Shape.of(18, Shape.FREE, Shape.FREE);
    assertThat(layer.outputShape(List.of(FREE, free)))
        .isEqualTo(Shape.of(5, Shape.FREE, Shape.FREE));
    assertThat(layer.outputShape(List.of(FREE, Shape.of(18, 4, Shape.FREE))))
        .isEqualTo(Shape.of(5, 4, Shape.FREE));
    assertThat(layer.outputShape(List.of(Shape.of(3, 7, 9), free, Shape.of(9, 4, 5))))
        .isEqualTo(Shape.of(5, 4, 5));
    assertThatThrownBy(() -> layer.outputShape(List.of(FREE, Shape.of(Shape.FREE, 4, 5))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("offset ?x4x5 must have shape 18x?x?");
  }
}
