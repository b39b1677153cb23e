package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxWriter;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers of awkward options and sizes, or of sizes that are open, as ONNX Runtime computes them.
 */
class OnnxLayersTest {
  private static final Shape FREE = Shape.of(3, Shape.FREE, Shape.FREE);

  @TempDir Path dir;

  @BeforeAll
  static void requireRuntime() {
    OnnxRuntime.environment();
  }

  private Path file() {
    return dir.resolve("model.onnx");
  }

  private void agrees(Network network, OnnxWriter writer) throws OrtException {
    OnnxJudge.agrees(OnnxJudge.model(network), writer, file());
  }

  static Stream<Network> attention() {
    return AttentionNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("attention")
  void attentionAgrees(Network network) throws OrtException {
    agrees(network, new OnnxWriter());
    agrees(network, new OnnxWriter().opset(13));
  }

  static Stream<Network> recurrent() {
    return RecurrentNetworks.written();
  }

  @ParameterizedTest
  @MethodSource("recurrent")
  void recurrentLayersAgree(Network network) throws OrtException {
    agrees(network, new OnnxWriter());
    agrees(network, new OnnxWriter().opset(13));
  }

  static Stream<Network> volumes() {
    return VolumeNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("volumes")
  void layersOfVolumesAgree(Network network) throws OrtException {
    agrees(network, new OnnxWriter());
    agrees(network, new OnnxWriter().opset(13));
  }

  static Stream<Layer> windows() {
    return Stream.of(
        new AvgPool2d(3).stride(2).ceilMode(true),
        new AvgPool2d(4).stride(3).padding(2).ceilMode(true),
        new AvgPool2d(4).stride(3).padding(2).ceilMode(true).countIncludePad(false),
        new AvgPool2d(2).stride(5).padding(1).ceilMode(true),
        new AvgPool2d(3).stride(2).padding(2, 0, 1, 2),
        new AvgPool2d(3).stride(2).padding(2, 1, 0, 2).countIncludePad(false),
        new AvgPool2d(3).stride(2).padding(2, 1, 0, 2).ceilMode(true),
        new AvgPool2d(3).stride(4).padding(2, 1, 0, 2).ceilMode(true).countIncludePad(false),
        new MaxPool2d(3).stride(2).padding(2, 0, 1, 2),
        new MaxPool2d(3).stride(4).padding(2, 1, 0, 2).ceilMode(true),
        new MaxPool2d(2).stride(2).dilation(3).padding(3, 1, 0, 2),
        new MaxPool2d(2).stride(3).dilation(3).padding(2).ceilMode(true),
        new MaxPool2d(2).stride(5).padding(1).ceilMode(true),
        new MaxPool2d(2).stride(3).dilation(3).ceilMode(true),
        new MaxPool2d(new Size(4, 2)).stride(new Size(3, 2)).padding(1).ceilMode(true),
        new AdaptiveAvgPool2d(new Size(5, 1)),
        new AdaptiveAvgPool2d(new Size(4, 20)),
        new AdaptiveMaxPool2d(new Size(7, 2)),
        new AdaptiveMaxPool2d(new Size(1, 3)));
  }

  @ParameterizedTest
  @MethodSource
  void windows(Layer layer) throws OrtException {
    for (Size size : new Size[] {new Size(9, 11), new Size(10, 12), new Size(13, 8)}) {
      Shape input = Shape.of(3, size.height(), size.width());
      Network network = Network.of(layer.toString() + size, input, layer);
      for (int opset : new int[] {17, 18, 19, 22}) {
        agrees(network, new OnnxWriter().opset(opset));
      }
    }
  }

  static Stream<Layer> dilated() {
    return Stream.of(
        new AvgPool2d(2).stride(1).dilation(2),
        new AvgPool2d(2).stride(2).dilation(3).padding(1).countIncludePad(false),
        new AvgPool2d(2).stride(2).dilation(4).padding(3, 4, 2, 4).countIncludePad(false),
        new AvgPool2d(3).stride(4).dilation(2).padding(1).ceilMode(true).countIncludePad(false),
        new AvgPool2d(2).stride(2).dilation(3).padding(3, 1, 0, 2),
        new AvgPool2d(2).stride(3).dilation(3).padding(3, 1, 0, 2).ceilMode(true));
  }

  @ParameterizedTest
  @MethodSource
  void dilated(Layer layer) throws OrtException {
    Network network = Network.of(layer.toString(), Shape.of(3, 9, 11), layer);
    agrees(network, new OnnxWriter().opset(19));
    agrees(network, new OnnxWriter().opset(18));
  }

  static Stream<Layer> elements() {
    return Stream.of(
        new Affine(-1, 0),
        new Affine(1, 0),
        new Affine(1, 0.5f),
        new Affine(0.5f, 0),
        new Clamp(-0.25f, Float.POSITIVE_INFINITY),
        new Clamp(Float.NEGATIVE_INFINITY, 0.25f),
        new Clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY),
        new Clamp(0.5f, -0.5f),
        new FakeQuantize(0.007f, 3, -128, 127),
        new FakeQuantize(0.003f, 100, 0, 255),
        new FakeQuantize(0.02f, 3, -20, 30),
        new LocalResponseNorm(1, 0.5f, 0.75f, 1),
        new LocalResponseNorm(4, 0.5f, 0.75f, 1),
        new RmsNorm(9, 7),
        new RmsNorm(Shape.of(7), 0.1f, false),
        new Softplus(3, 0.5f),
        new Dropout(1),
        new StochasticDepth(0.5f));
  }

  @ParameterizedTest
  @MethodSource
  void elements(Layer layer) throws OrtException {
    for (int opset : new int[] {13, 17, 19, 22}) {
      agrees(Network.of(layer.toString(), Shape.of(3, 9, 7), layer), new OnnxWriter().opset(opset));
    }
  }

  @ParameterizedTest
  @EnumSource
  void comparisons(Compare.Kind kind) throws OrtException {
    Network network =
        Network.builder("compare " + kind, Shape.of(3, 4, 5))
            .add("rounded", new Affine(2, 0))
            .add("whole", new Round())
            .add("zero", new Constant(Shape.of(1, 1, 1), new float[] {0}), "input")
            .add("compared", new Compare(kind), "whole", "zero")
            .add("chosen", new Where(), "compared", "input", "zero")
            .add("least", new Minimum(), "chosen", "zero", "whole")
            .output("compared", "chosen", "least")
            .build();
    agrees(network, new OnnxWriter());
  }

  @Test
  void concatAlongAnyAxis() throws OrtException {
    for (int axis = -3; axis < 3; axis++) {
      Network network =
          Network.builder("concat " + axis, Shape.of(2, 4, 4))
              .add("a", new Conv2d(2, 1), "input")
              .add("b", new Conv2d(2, 1), "input")
              .add("concat", new Concat(axis), "a", "b", "input")
              .build();
      agrees(network, new OnnxWriter());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 17, 18, 21})
  void heightAndWidthThatAreFree(int opset) throws OrtException {
    Network network =
        Network.builder("free", FREE)
            .add("conv", new Conv2d(6, 3).stride(2).padding(1))
            .add("norm", new BatchNorm2d())
            .add("groups", new GroupNorm(3))
            .add("plain", new GroupNorm(2, 1e-3f, false))
            .add("shuffle", new ChannelShuffle(2))
            .add("pool", new MaxPool2d(3).stride(2).ceilMode(true))
            .add(
                "mean", new AvgPool2d(3).stride(2).padding(1).ceilMode(true).countIncludePad(false))
            .add("mirror", new ReflectionPad2d(1, 0, 2, 1))
            .add("round", new CircularPad2d(1, 0, 2, 1))
            .add("bilinear", new UpsampleBilinear2d(2))
            .add("corners", new UpsampleBilinear2d(new Size(3, 1), true))
            .add("nearest", new UpsampleNearest2d(2))
            .add("largest", new AdaptiveMaxPool2d(1))
            .add("flat", new Flatten())
            .build();
    OnnxWriter writer = new OnnxWriter().opset(opset);
    for (Shape size : new Shape[] {Shape.of(3, 21, 33), Shape.of(3, 40, 24)}) {
      OnnxJudge.agrees(OnnxJudge.model(network), writer, file(), Map.of("input", size));
    }
    try (OnnxRuntime runtime = new OnnxRuntime(file())) {
      assertThat(runtime.inputDims("input")).containsExactly(-1, 3, -1, -1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anImageOfTheSizeOfAnother(ResizeLike.Mode mode) throws OrtException {
    for (Shape input : new Shape[] {FREE, Shape.of(3, 21, 35)}) {
      Network network =
          Network.builder("resized", input)
              .add("conv", new Conv2d(6, 3).stride(2).padding(1))
              .add("resized", new ResizeLike(mode), "conv", "input")
              .build();
      Map<String, Shape> size = Map.of("input", Shape.of(3, 21, 35));
      OnnxJudge.agrees(OnnxJudge.model(network), new OnnxWriter(), file(), size);
      if (input.isFree()) {
        assertThat(Onnx.load(file()).network().nodes())
            .anyMatch(n -> n.layer().equals(new ResizeLike(mode)));
      }
    }
  }

  static Stream<GridSample> sampling() {
    return GridSampleTest.layers();
  }

  @ParameterizedTest
  @MethodSource("sampling")
  void imagesAtTheirOwnPoints(GridSample layer) throws OrtException {
    Network network =
        Network.builder("sampled", Shape.of(2, 5, 7))
            .add("image", new Conv2d(3, 1))
            .add("points", new Conv2d(2, 3).padding(1), "input")
            .add("grid", new Permute(1, 2, 0))
            .add("sampled", layer, "image", "grid")
            .build();
    agrees(network, new OnnxWriter().opset(16));
    assertThat(Onnx.load(file()).network().nodes()).anyMatch(n -> n.layer().equals(layer));
    agrees(network, new OnnxWriter().opset(20));
    assertThat(Onnx.load(file()).network().nodes()).anyMatch(n -> n.layer().equals(layer));
  }

  @Test
  void signalsOfAnyLength() throws OrtException {
    Network network =
        Network.of(
            "free signal",
            Shape.of(2, 1, Shape.FREE),
            new Conv1d(4, 3).padding(1),
            new BatchNorm1d(),
            new MaxPool1d(3).stride(2).ceilMode(true),
            new ConvTranspose1d(3, 2).stride(2),
            new AdaptiveAvgPool1d(1),
            new Flatten());
    for (long length : new long[] {17, 24}) {
      Map<String, Shape> sizes = Map.of("input", Shape.of(2, 1, length));
      OnnxJudge.agrees(OnnxJudge.model(network), new OnnxWriter(), file(), sizes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void signalsInCeilMode(int stride) throws OrtException {
    AvgPool1d pool = new AvgPool1d(4).stride(stride).padding(2).ceilMode(true);
    agrees(Network.of("signal " + stride, Shape.of(2, 11), pool), new OnnxWriter());
    agrees(Network.of("one channel " + stride, Shape.of(13), pool), new OnnxWriter());
    agrees(Network.of("image " + stride, Shape.of(2, 1, 12), pool), new OnnxWriter());
  }
}
