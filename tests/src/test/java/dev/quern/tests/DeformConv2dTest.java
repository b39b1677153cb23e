package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.quern.eager.DeformConv2dPass;
import dev.quern.eager.DeformConv2dPass.Gradients;
import dev.quern.eager.Eager;
import dev.quern.layer.Conv2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.DeformConv2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deformable convolution against its twin and by hand; what is refused. */
class DeformConv2dTest {
  private static final String OP = "deform_conv2d";

  private static final float[] ODD = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f, -1e10f, 0, 1, -1, 0.5f
  };

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  static Stream<DeformConv2d> layers() {
    return Stream.of(
        new DeformConv2d(4, 1),
        new DeformConv2d(4, 3).padding(1),
        new DeformConv2d(6, 3).padding(2).dilation(2).bias(false),
        new DeformConv2d(6, new Size(2, 3)).stride(new Size(2, 1)).groups(2),
        new DeformConv2d(4, new Size(3, 1)).padding(new Size(1, 0)).offsetGroups(4).groups(2));
  }

  private void check(DeformConv2d layer, Shape image, boolean masked) {
    Values v = Values.floats(Values.seedOf(layer + " " + image + " " + masked));
    Shape out = layer.imageOutputShape(image.sample());
    NdArray x = v.array(image);
    NdArray offset =
        v.array(Shape.of(image.dim(0), layer.offsetChannels(), out.dim(1), out.dim(2)));
    for (int i = 0; i < offset.size(); i++) {
      offset.set(i, i % 7 == 4 ? ODD[i / 7 % ODD.length] : (float) (offset.get(i) * 1.5));
    }
    List<NdArray> inputs = new ArrayList<>(List.of(x, offset));
    if (masked) {
      inputs.add(v.array(Shape.of(image.dim(0), layer.maskChannels(), out.dim(1), out.dim(2))));
    }
    NdArray w = v.array(layer.weightShape(image.dim(1)));
    NdArray bias = layer.bias() ? v.array(Shape.of(layer.outChannels())) : null;
    NdArray y = DeformConv2dReference.forward(layer, inputs, w, bias);
    NdArray gy = v.array(y.shape());
    DeformConv2dReference.Gradients back = DeformConv2dReference.backward(layer, inputs, w, gy);
    Passes p = new Passes(layer);
    List<Tensor> in = inputs.stream().map(a -> Values.tensor(arena, a)).toList();
    Tensor mask = masked ? in.get(2) : null;
    Tensor tw = Values.tensor(arena, w);
    Tensor tb = bias == null ? null : Values.tensor(arena, bias);
    DeformConv2dPass pass = Eager.of(layer);
    String what = layer + " of " + image + ", mask " + masked + ", " + v;
    Tensor ty = p.run("conv2d", OP, () -> pass.forward(in.get(0), in.get(1), mask, tw, tb));
    long reads = w.size() / layer.outChannels();
    Compare.close("output of " + what, ty, y, reads);
    Tensor tgy = Values.tensor(arena, gy);
    Gradients g =
        p.run("deform_im2col", OP, () -> pass.backward(in.get(0), in.get(1), mask, tw, tgy));
    long uses = (long) layer.outChannels() * layer.kernel().height() * layer.kernel().width();
    Compare.close("grad_input of " + what, g.input(), back.inputs().get(0), 4 * uses);
    long sums = image.dim(1) * layer.outChannels();
    Compare.close("grad_offset of " + what, g.offset(), back.inputs().get(1), 4 * sums);
    if (masked) {
      Compare.close("grad_mask of " + what, g.mask(), back.inputs().get(2), 4 * sums);
    } else {
      assertThat(g.mask()).isNull();
    }
    long pixels = image.dim(0) * out.dim(1) * out.dim(2);
    Compare.close("grad_weight of " + what, g.weight(), back.weight(), pixels);
    if (bias == null) {
      assertThat(g.bias()).isNull();
    } else {
      Compare.close("grad_bias of " + what, g.bias(), back.bias(), pixels);
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void agreesWithTheTwin(DeformConv2d layer) {
    for (boolean masked : new boolean[] {false, true}) {
      check(layer, Shape.of(2, 4, 5, 7), masked);
      check(layer, Shape.of(1, 8, 6, 5), masked);
      check(layer, Shape.of(1, 68, 5, 6), masked);
    }
  }

  /** The left neighbor, half way to it, and outside the image. */
  @Test
  void offsetsMoveWhatTheKernelReads() {
    DeformConv2d layer = new DeformConv2d(1, 1).bias(false);
    Tensor x = arena.tensor(Shape.of(1, 1, 2, 3), 1, 2, 3, 4, 5, 6);
    Tensor w = arena.tensor(Shape.of(1, 1, 1, 1), 2);
    // y of each pixel, then x of each pixel
    Tensor offset = arena.tensor(Shape.of(1, 2, 2, 3), 0, 0, 1, 0, 0, -2, 0, -1, 0, 0, -0.5f, 0);
    Tensor mask = arena.tensor(Shape.of(1, 1, 2, 3), 1, 1, 1, 0.5f, 1, 1);
    assertThat(Eager.of(layer).forward(x, offset, null, w, null).toArray())
        .containsExactly(2, 2, 12, 8, 9, 0);
    assertThat(Eager.of(layer).forward(x, offset, mask, w, null).toArray())
        .containsExactly(2, 2, 12, 4, 9, 0);
  }

  @Test
  void withoutOffsetsItIsAConvolution() {
    Values v = Values.floats(3);
    Tensor x = Values.tensor(arena, v.array(Shape.of(2, 4, 6, 5)));
    Tensor w = Values.tensor(arena, v.array(Shape.of(6, 2, 3, 3)));
    Tensor b = Values.tensor(arena, v.array(Shape.of(6)));
    Conv2d conv = new Conv2d(6, 3).stride(2).padding(1).groups(2);
    DeformConv2d layer = new DeformConv2d(6, 3).stride(2).padding(1).groups(2);
    Tensor y = Eager.of(layer).forward(x, arena.tensor(Shape.of(2, 18, 3, 3)), null, w, b);
    float[] plain = Eager.of(conv).forward(x, w, b).toArray();
    float[] deformed = y.toArray();
    assertThat(deformed).hasSameSizeAs(plain);
    for (int i = 0; i < plain.length; i++) {
      assertThat(deformed[i]).isCloseTo(plain[i], offset(1e-5f));
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    DeformConv2d layer = new DeformConv2d(5, 3);
    Tensor x = arena.tensor(Shape.of(0, 3, 4, 5));
    Tensor offset = arena.tensor(Shape.of(0, 18, 2, 3));
    Tensor w = arena.tensor(Shape.of(5, 3, 3, 3));
    Tensor y = Eager.of(layer).forward(x, offset, null, w, arena.tensor(Shape.of(5)));
    assertThat(y.shape()).isEqualTo(Shape.of(0, 5, 2, 3));
    Gradients g = Eager.of(layer).backward(x, offset, null, w, y);
    assertThat(g.offset().shape()).isEqualTo(offset.shape());
    assertThat(g.weight().toArray()).containsOnly(0);
  }

  @Test
  void countsMultiplyAdds() {
    // 2x3 pixels, each 5 outputs of 27 products, and 27 interpolated values of 4 pixels
    assertThat(new DeformConv2d(5, 3).multiplyAdds(Shape.of(3, 4, 5)))
        .isEqualTo(6 * (5 * 27 + 4 * 27));
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    DeformConv2d layer = new DeformConv2d(4, 3);
    Shape image = Shape.of(2, 5, 5);
    Shape moves = Shape.of(18, 3, 3);
    Tensor x = arena.tensor(Shape.of(1, 2, 5, 5));
    Tensor offset = arena.tensor(Shape.of(1, 18, 3, 3));
    Tensor w = arena.tensor(Shape.of(4, 2, 3, 3));
    Tensor b = arena.tensor(Shape.of(4));
    DeformConv2dPass pass = Eager.of(layer);
    return Stream.of(
            argument(OP, () -> new DeformConv2d(0, 3), "out_channels 0"),
            argument(OP, () -> new DeformConv2d(4, 0), "kernel 0"),
            argument(OP, () -> layer.stride(0), "stride 0"),
            argument(OP, () -> layer.padding(-1), "padding -1"),
            argument(OP, () -> layer.dilation(0), "dilation 0"),
            argument(OP, () -> layer.groups(3), "multiple of groups 3"),
            argument(OP, () -> layer.offsetGroups(0), "offset_groups 0"),
            argument(OP, () -> new DeformConv2d(1, 40000), "channels of offsets"),
            argument(OP, () -> pass.forward(null, offset, null, w, b), "input", "null"),
            argument(OP, () -> pass.forward(x, null, null, w, b), "offset", "null"),
            argument(OP, () -> pass.forward(x, offset, null, null, b), "weight", "null"),
            argument(OP, () -> pass.forward(x, offset, null, w, null), "bias", "null"),
            argument(OP, () -> pass.backward(x, offset, null, w, null), "grad_output", "null"),
            shape(OP, () -> pass.forward(x, x, null, w, b), "offset 2x5x5 must have shape 18x3x3"),
            shape(
                OP,
                () -> pass.forward(x, arena.tensor(Shape.of(2, 18, 3, 3)), null, w, b),
                "batch sizes"),
            shape(OP, () -> pass.forward(x, offset, offset, w, b), "mask 18x3x3", "9x3x3"),
            shape(OP, () -> pass.backward(x, offset, null, w, x), "1x2x5x5", "1x4x3x3"),
            shape(OP, () -> layer.outputShape(image), "expects 2 or 3 inputs, found 1"),
            shape(
                OP,
                () -> layer.outputShape(List.of(image, moves, moves, moves)),
                "expects 2 or 3 inputs, found 4"),
            shape(OP, () -> layer.outputShape(List.of(Shape.of(2, 5), moves)), "is not an image"),
            shape(
                OP,
                () -> layer.outputShape(List.of(Shape.of(2, 2, 5), moves)),
                "kernel 3x3 does not fit"),
            shape(
                OP,
                () -> layer.offsetGroups(3).outputShape(List.of(image, moves)),
                "2 input channels",
                "offset_groups 3"),
            shape(
                OP,
                () -> layer.outputShape(List.of(image, Shape.of(9, 3, 3))),
                "offset 9x3x3 must have shape 18x3x3"),
            shape(
                OP,
                () -> layer.outputShape(List.of(image, Shape.of(18, 3, 4))),
                "offset 18x3x4 must have shape 18x3x3"),
            shape(
                OP,
                () -> layer.outputShape(List.of(image, Shape.of(Shape.FREE, 3, 3))),
                "offset ?x3x3"))
        .map(Refusal::test);
  }
}
