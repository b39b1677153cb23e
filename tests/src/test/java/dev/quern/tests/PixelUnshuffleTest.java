package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Eager;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.shape.PixelUnshuffleReference;
import dev.quern.tensor.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PixelUnshuffleTest {
  private static Twinned of(int factor) {
    PixelUnshuffle l = new PixelUnshuffle(factor);
    return Twinned.of(
        l,
        "strided_copy",
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        PixelUnshuffleReference::forward,
        PixelUnshuffleReference::backward,
        (inputs, outputs) -> Compare.typical(Math.max(1, inputs / outputs)));
  }

  @Test
  void isItsTwin() {
    of(1).check(2, 3, 5, 7);
    of(2).check(2, 3, 6, 4);
    of(3).check(3, 17, 9, 12);
    of(5).check(1, 1, 5, 40);
    of(2).checkEmpty(3, 4, 4);
  }

  /** PyTorch's order: of all channels that come of one, row by row of the square. */
  @Test
  void channelsAreInPyTorchsOrder() {
    NdArray image = new NdArray(Shape.of(1, 2, 2, 4));
    for (int i = 0; i < image.size(); i++) {
      image.set(i, i);
    }
    NdArray out = PixelUnshuffleReference.forward(new PixelUnshuffle(2), image);
    assertThat(out.shape()).isEqualTo(Shape.of(1, 8, 1, 2));
    assertThat(IntStream.range(0, 16).mapToDouble(out::get).toArray())
        .containsExactly(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> new PixelUnshuffle(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pixel_unshuffle: downscale_factor 0 must be at least 1");
    for (Shape wrong : new Shape[] {Shape.of(3, 5, 4), Shape.of(3, 4, 5), Shape.of(4, 4)}) {
      assertThatThrownBy(() -> new PixelUnshuffle(2).outputShape(wrong))
          .isInstanceOf(ShapeException.class)
          .hasMessageStartingWith("pixel_unshuffle: input " + wrong);
    }
    assertThat(new PixelUnshuffle(2).outputShape(Shape.of(3, Shape.FREE, 8)))
        .isEqualTo(Shape.of(12, Shape.FREE, 4));
  }
}
