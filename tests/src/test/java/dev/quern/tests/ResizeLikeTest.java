package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Eager;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.ResizeLike.Mode;
import dev.quern.network.Network;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.shape.ResizeLikeReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** resize_like against its twin. */
class ResizeLikeTest {
  private static void check(Mode mode, Shape in, Shape other) {
    ResizeLike layer = new ResizeLike(mode);
    String ran = mode.isNearest() ? "gather" : "upsample_bilinear2d";
    Values v = Values.floats(Values.seedOf(layer + " " + in + " " + other));
    NdArray x = v.array(in);
    NdArray like = v.array(other);
    NdArray y = ResizeLikeReference.forward(layer, List.of(x, like));
    NdArray gy = v.array(y.shape());
    Passes p = new Passes();
    String what = layer + " of " + in + " as " + other + ", " + v;
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor ty = p.run(ran, () -> Eager.of(layer).forward(tx, Values.tensor(a, like)));
      Operators.running("resize_like", layer);
      Compare.close("output of " + what, ty, y, 0.5);
      Tensor tgx = p.run(ran, () -> Eager.of(layer).backward(tgy, in));
      List<NdArray> back = ResizeLikeReference.backward(layer, List.of(x, like), gy);
      Operators.running("resize_like", layer);
      Compare.close("grad_input of " + what, tgx, back.get(0), 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anySizeToAnyOther(Mode mode) {
    for (int from : new int[] {1, 2, 5, 8}) {
      for (int to : new int[] {1, 2, 3, 7, 16}) {
        check(mode, Shape.of(2, 3, from, 4), Shape.of(2, 1, to, 9));
        check(mode, Shape.of(1, 2, 6, from), Shape.of(1, 5, 4, to));
      }
    }
    for (int channels : Conv2dTest.CHANNELS) {
      check(mode, Shape.of(1, channels, 3, 4), Shape.of(1, 1, 5, 3));
    }
  }

  @Test
  void theNearestPixels() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, 1, 1, 3), 1, 2, 3);
      Tensor five = a.tensor(Shape.of(1, 2, 1, 5));
      Tensor two = a.tensor(Shape.of(1, 2, 1, 2));
      assertThat(Eager.of(new ResizeLike(Mode.NEAREST)).forward(x, five).toArray())
          .containsExactly(1, 1, 2, 2, 3);
      assertThat(Eager.of(new ResizeLike(Mode.NEAREST_EXACT)).forward(x, five).toArray())
          .containsExactly(1, 1, 2, 3, 3);
      assertThat(Eager.of(new ResizeLike(Mode.NEAREST)).forward(x, two).toArray())
          .containsExactly(1, 2);
      assertThat(Eager.of(new ResizeLike(Mode.NEAREST_EXACT)).forward(x, two).toArray())
          .containsExactly(1, 3);
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    try (Arena a = new Arena()) {
      for (Mode mode : Mode.values()) {
        Tensor x = a.tensor(Shape.of(0, 3, 4, 5));
        Tensor y = Eager.of(new ResizeLike(mode)).forward(x, a.tensor(Shape.of(0, 1, 7, 2)));
        assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 7, 2));
        assertThat(Eager.of(new ResizeLike(mode)).backward(y, x.shape()).shape())
            .isEqualTo(x.shape());
      }
    }
  }

  @Test
  void whatDoesNotFit() {
    ResizeLike layer = new ResizeLike();
    Shape image = Shape.of(3, 4, 5);
    assertThatThrownBy(() -> new ResizeLike(null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("resize_like: mode");
    assertThatThrownBy(() -> layer.outputShape(image))
        .isInstanceOf(ShapeException.class)
        .hasMessage("resize_like: expects 2 inputs, found 1");
    assertThatThrownBy(() -> layer.outputShape(List.of(image, Shape.of(3))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("resize_like: input 3 is not an image [channels, height, width]");
    assertThatThrownBy(() -> Network.of("n", image, new Conv2d(3, 1), layer))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("resize_like takes 2 inputs or more, not 1");
    try (Arena a = new Arena()) {
      Tensor one = a.tensor(Shape.of(1, 3, 4, 5));
      Tensor two = a.tensor(Shape.of(2, 3, 4, 5));
      assertThatThrownBy(() -> Eager.of(layer).forward(one, two))
          .isInstanceOf(ShapeException.class)
          .hasMessage("resize_like: batch sizes of 1x3x4x5 and 2x3x4x5 differ");
      assertThatThrownBy(() -> Eager.of(layer).forward(one, null))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> Eager.of(layer).backward(one, two.shape()))
          .isInstanceOf(ShapeException.class);
    }
  }

  /** A decoder takes any size, and gives back that of what came in. */
  @Test
  void aNetworkOfFreeSize() {
    Network network =
        Network.builder("decoder", Shape.of(3, Shape.FREE, Shape.FREE))
            .add("down", new Conv2d(4, 3).stride(4))
            .add("up", new ResizeLike(), "down", Network.INPUT)
            .build();
    assertThat(network.output()).isEqualTo(Shape.of(4, Shape.FREE, Shape.FREE));
    for (Shape size : List.of(Shape.of(3, 230, 251), Shape.of(3, 5, 9))) {
      assertThat(network.at(size).output()).isEqualTo(Shape.of(4, size.dim(1), size.dim(2)));
    }
  }
}
