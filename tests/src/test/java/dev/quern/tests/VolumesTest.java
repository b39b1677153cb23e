package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Parameter;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.network.Network;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AvgPool3dReference;
import dev.quern.reference.layer.Conv3dReference;
import dev.quern.reference.layer.MaxPool3dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers of volumes against their reference implementations; bits and threads; what is refused. */
class VolumesTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  static Stream<Conv3d> convolutions() {
    Conv3d plain = new Conv3d(6, 3);
    return Stream.of(
        plain,
        plain.padding(1).bias(false),
        plain.padding(new Size3(2, 0, 1)).stride(new Size3(2, 1, 1)),
        plain.padding(new Size3(1, 1, 2)).dilation(new Size3(2, 1, 2)).groups(2),
        plain.padding(1).groups(6),
        plain.padding(new Size3(3, 1, 1)).stride(new Size3(4, 1, 2)),
        new Conv3d(1, 1),
        new Conv3d(18, 1).stride(2),
        new Conv3d(4, new Size3(1, 3, 3)).padding(1),
        new Conv3d(17, new Size3(4, 1, 1)).padding(new Size3(2, 0, 0)),
        new Conv3d(3, new Size3(2, 1, 3)).groups(3));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionsAgreeWithTheReference(Conv3d layer) {
    int g = layer.groups();
    for (Shape in : List.of(Shape.of(1, g, 5, 5, 5), Shape.of(3, 3 * g, 4, 3, 7))) {
      if (layer.dilation().width() > 1 || in.dim(2) >= layer.kernel().depth()) {
        check(layer, in);
      }
    }
  }

  private void check(Conv3d layer, Shape in) {
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    NdArray w = v.array(layer.weightShape(in.dim(1)));
    NdArray b = layer.bias() ? v.array(Shape.of(layer.outChannels())) : null;
    NdArray y = Conv3dReference.forward(layer, x, w, b);
    NdArray gy = v.array(y.shape());
    Passes p = new Passes(layer);
    Tensor tx = Values.tensor(arena, x);
    Tensor tw = Values.tensor(arena, w);
    Tensor tb = b == null ? null : Values.tensor(arena, b);
    Tensor tgy = Values.tensor(arena, gy);
    String what = " of " + layer + " on " + in + ", " + v;
    Compare.close(
        "output" + what,
        p.run("conv2d", "conv3d", () -> Eager.of(layer).forward(tx, tw, tb)),
        y,
        1);
    Compare.close(
        "grad_input" + what,
        p.run("add", "conv3d", () -> Eager.of(layer).backwardData(tgy, tw, in)),
        Conv3dReference.backwardData(layer, gy, w, in),
        1);
    String last = layer.bias() ? "concat" : "strided_copy"; // what writes the last gradient
    Gradients g = p.run(last, "conv3d", () -> Eager.of(layer).backwardWeights(tx, tgy));
    Compare.close(
        "grad_weight" + what, g.weight(), Conv3dReference.backwardWeights(layer, x, gy), 1);
    if (b != null) {
      Compare.close("grad_bias" + what, g.bias(), Conv3dReference.backwardBias(gy), 1);
    }
  }

  /** So large that several calls share the work, the last of which is smaller. */
  @Test
  void convolutionsOfManyPartsAgreeWithTheReference() {
    check(new Conv3d(3, 3).padding(1), Shape.of(2, 16, 5, 64, 60));
  }

  static Stream<MaxPool3d> maxima() {
    return Stream.of(
        new MaxPool3d(2),
        new MaxPool3d(3).stride(2).padding(1).ceilMode(true),
        new MaxPool3d(2).stride(1).dilation(new Size3(2, 3, 1)).padding(1),
        new MaxPool3d(new Size3(1, 2, 3)),
        new MaxPool3d(new Size3(3, 1, 1)).stride(1),
        new MaxPool3d(1));
  }

  @ParameterizedTest
  @MethodSource("maxima")
  void maximaAgreeWithTheReference(MaxPool3d layer) {
    for (Values.Kind kind : Values.Kind.values()) {
      for (Shape in : List.of(Shape.of(2, 1, 4, 5, 6), Shape.of(1, 17, 5, 4, 4))) {
        Values v = new Values(kind, Values.seedOf(layer + " " + in));
        NdArray x = v.array(in);
        NdArray y = MaxPool3dReference.forward(layer, x);
        NdArray gy = v.array(y.shape());
        Passes p = new Passes(layer);
        Tensor tx = Values.tensor(arena, x);
        Tensor tgy = Values.tensor(arena, gy);
        String what = " of " + layer + " on " + in + ", " + v;
        Compare.exact(
            "output" + what,
            p.run("max_pool2d", "max_pool3d", () -> Eager.of(layer).forward(tx)),
            y);
        Compare.agree(
            kind,
            "grad_input" + what,
            p.run("max_pool2d", "max_pool3d", () -> Eager.of(layer).backward(tx, tgy)),
            MaxPool3dReference.backward(layer, x, gy),
            0.5);
      }
    }
  }

  static Stream<AvgPool3d> means() {
    return Stream.of(
        new AvgPool3d(2),
        new AvgPool3d(3).stride(2).padding(1).ceilMode(true),
        new AvgPool3d(3).stride(new Size3(1, 2, 3)).padding(1).countIncludePad(false),
        new AvgPool3d(new Size3(1, 2, 3)).ceilMode(true).countIncludePad(false),
        new AvgPool3d(new Size3(3, 1, 1)).stride(1));
  }

  @ParameterizedTest
  @MethodSource("means")
  void meansAgreeWithTheReference(AvgPool3d layer) {
    for (Shape in : List.of(Shape.of(2, 1, 4, 5, 6), Shape.of(1, 17, 5, 4, 4))) {
      Values v = Values.floats(Values.seedOf(layer + " " + in));
      NdArray x = v.array(in);
      NdArray y = AvgPool3dReference.forward(layer, x);
      NdArray gy = v.array(y.shape());
      Passes p = new Passes(layer);
      Tensor tx = Values.tensor(arena, x);
      Tensor tgy = Values.tensor(arena, gy);
      String what = " of " + layer + " on " + in + ", " + v;
      Compare.close(
          "output" + what,
          p.run("avg_pool2d", "avg_pool3d", () -> Eager.of(layer).forward(tx)),
          y,
          1);
      Compare.close(
          "grad_input" + what,
          p.run("avg_pool2d", "avg_pool3d", () -> Eager.of(layer).backward(tgy, in)),
          AvgPool3dReference.backward(layer, gy, in),
          1);
    }
  }

  static Stream<Network> networks() {
    return VolumeNetworks.whole();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void networksTrainToTheSameBitsWithAnyNumberOfThreads(Network network) {
    int alone = NetworkBits.after(network, 1);
    assertThat(NetworkBits.after(network, 3)).isEqualTo(alone);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = arena.tensor(Shape.of(0, 2, 3, 3, 3));
    Conv3d conv = new Conv3d(4, 2);
    Tensor w = arena.tensor(conv.weightShape(2));
    Tensor b = arena.tensor(Shape.of(4));
    Tensor y = Eager.of(conv).forward(x, w, b);
    assertThat(y.shape()).isEqualTo(Shape.of(0, 4, 2, 2, 2));
    assertThat(Eager.of(conv).backwardData(y, w, x.shape()).shape()).isEqualTo(x.shape());
    Gradients g = Eager.of(conv).backwardWeights(x, y);
    assertThat(g.weight().toArray()).containsOnly(0);
    assertThat(g.bias().toArray()).containsOnly(0);
    assertThat(Eager.of(new MaxPool3d(2)).forward(x).shape()).isEqualTo(Shape.of(0, 2, 1, 1, 1));
    assertThat(Eager.of(new AvgPool3d(2)).forward(x).shape()).isEqualTo(Shape.of(0, 2, 1, 1, 1));
  }

  @Test
  void shapesParametersAndDefaults() {
    Shape in = Shape.of(4, 8, 10, 12);
    Conv3d conv = new Conv3d(6, new Size3(3, 5, 1)).stride(2).padding(new Size3(1, 2, 0)).groups(2);
    assertThat(new Conv3d(6, 3))
        .isEqualTo(new Conv3d(6, Size3.of(3), Size3.of(1), Size3.of(0), Size3.of(1), 1, true));
    assertThat(conv.outputShape(in)).isEqualTo(Shape.of(6, 4, 5, 6));
    assertThat(conv.parameters(in))
        .containsExactly(
            new Parameter("weight", Shape.of(6, 2, 3, 5, 1), 30),
            new Parameter("bias", Shape.of(6), 30));
    assertThat(conv.multiplyAdds(in)).isEqualTo(6 * 4 * 5 * 6 * 30);
    assertThat(new MaxPool3d(2).stride()).isEqualTo(Size3.of(2));
    assertThat(new MaxPool3d(3).ceilMode(true).outputShape(in)).isEqualTo(Shape.of(4, 3, 4, 4));
    assertThat(new AvgPool3d(3).outputShape(in)).isEqualTo(Shape.of(4, 2, 3, 4));
    assertThat(new BatchNorm3d().outputShape(in)).isEqualTo(in);
    assertThat(new BatchNorm3d().buffers(in).get(0).shape()).isEqualTo(Shape.of(4));
    Shape free = Shape.of(4, Shape.FREE, 10, Shape.FREE);
    assertThat(conv.outputShape(free)).isEqualTo(Shape.of(6, Shape.FREE, 5, Shape.FREE));
    assertThat(Size3.of(2)).hasToString("2x2x2");
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Conv3d conv = new Conv3d(4, 3);
    Size3 two = Size3.of(2);
    Tensor x = arena.tensor(Shape.of(1, 2, 3, 3, 3));
    Tensor w = arena.tensor(conv.weightShape(2));
    Tensor b = arena.tensor(Shape.of(4));
    Shape in = Shape.of(2, 3, 3, 3);
    return Stream.of(
            argument("conv3d", () -> new Conv3d(0, 3), "out_channels", "0"),
            argument("conv3d", () -> new Conv3d(1, new Size3(3, 0, 3)), "kernel 3x0x3"),
            argument("conv3d", () -> new Conv3d(1, (Size3) null), "kernel null"),
            argument("conv3d", () -> conv.stride(0), "stride 0x0x0"),
            argument("conv3d", () -> conv.padding(new Size3(-1, 0, 0)), "padding -1x0x0"),
            argument("conv3d", () -> conv.dilation(0), "dilation 0x0x0"),
            argument("conv3d", () -> conv.groups(3), "out_channels 4", "groups 3"),
            argument("max_pool3d", () -> new MaxPool3d(two).padding(2), "padding 2x2x2", "2x2x2"),
            argument("max_pool3d", () -> new MaxPool3d(two).stride(0), "stride 0x0x0"),
            argument("avg_pool3d", () -> new AvgPool3d(two).padding(-1), "padding -1x-1x-1"),
            argument("avg_pool3d", () -> new AvgPool3d(0), "kernel 0x0x0"),
            argument("batch_norm3d", () -> new BatchNorm3d(2, 0), "momentum 2.0"),
            argument("batch_norm3d", () -> new BatchNorm3d(0, -1), "eps -1.0"),
            shape("conv3d", () -> conv.outputShape(Shape.of(2, 3, 3)), "input 2x3x3", "volume"),
            shape(
                "conv3d", () -> conv.outputShape(Shape.of(2, 2, 3, 3)), "kernel 3x3x3", "2x2x3x3"),
            shape("conv3d", () -> conv.groups(4).outputShape(in), "2 input channels", "groups 4"),
            shape("conv3d", () -> conv.outputShape(Shape.of(0, 3, 3, 3)), "0 input channels"),
            shape("max_pool3d", () -> new MaxPool3d(4).outputShape(in), "kernel 4x4x4", "2x3x3x3"),
            shape("avg_pool3d", () -> new AvgPool3d(1).outputShape(Shape.of(3)), "input 3"),
            shape("batch_norm3d", () -> new BatchNorm3d().outputShape(Shape.of(3)), "input 3"),
            argument("conv3d", () -> Eager.of(conv).forward(null, w, b), "input", "null"),
            argument("conv3d", () -> Eager.of(conv).forward(x, null, b), "weight", "null"),
            argument("conv3d", () -> Eager.of(conv).forward(x, w, null), "bias", "null"),
            shape("conv3d", () -> Eager.of(conv).forward(b, w, b), "input 4", "depth"),
            shape("conv3d", () -> Eager.of(conv).forward(x, x, b), "weight 1x2x3x3x3"),
            shape("conv3d", () -> Eager.of(conv).backwardData(x, w, x.shape()), "grad_output"),
            shape("conv3d", () -> Eager.of(conv).backwardWeights(x, x), "grad_output"),
            shape("max_pool3d", () -> Eager.of(new MaxPool3d(2)).forward(b), "input 4"),
            shape("max_pool3d", () -> Eager.of(new MaxPool3d(2)).backward(x, x), "grad_output"),
            shape("avg_pool3d", () -> Eager.of(new AvgPool3d(2)).forward(b), "input 4"),
            shape(
                "avg_pool3d", () -> Eager.of(new AvgPool3d(2)).backward(x, x.shape()), "grad_out"))
        .map(Refusal::test);
  }
}
