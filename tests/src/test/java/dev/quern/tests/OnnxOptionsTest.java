package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.Add;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.ChannelShuffle;
import dev.quern.layer.CircularPad2d;
import dev.quern.layer.Concat;
import dev.quern.layer.Constant;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Multiply;
import dev.quern.layer.ReflectionPad2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Sigmoid;
import dev.quern.layer.Softmax;
import dev.quern.layer.UpsampleBilinear2d;
import dev.quern.layer.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a written network can be told, and sizes that are awkward or open. */
class OnnxOptionsTest {
  private static final Shape FREE = Shape.of(3, Shape.FREE, Shape.FREE);

  @TempDir Path dir;

  @BeforeAll
  static void requireRuntime() {
    OnnxRuntime.environment();
  }

  private Path file() {
    return dir.resolve("model.onnx");
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

  private void agrees(Network network, OnnxWriter writer) throws OrtException {
    OnnxJudge.agrees(OnnxJudge.model(network), writer, file());
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

  @Test
  void severalInputsAndOutputs() throws OrtException {
    Network network =
        Network.builder("several")
            .input("left", Shape.of(2, 5, 5))
            .input("right", Shape.of(2, 5, 5))
            .input("row", Shape.of(4))
            .add("a", new Conv2d(2, 3).padding(1), "left")
            .add("sum", new Add(), "a", "right")
            .add("flat", new Flatten())
            .add("first", new Linear(4))
            .add("gated", new Multiply(), "first", "row")
            .output("gated", "sum", "first")
            .build();
    agrees(network, new OnnxWriter());
    agrees(network, new OnnxWriter().batch(2));
  }

  /** As many copies as there are samples, where that can be seen. */
  @Test
  void constants() throws OrtException {
    Constant two = new Constant(Shape.of(2), new float[] {1, -2});
    Network network =
        Network.builder("constants", Shape.of(2))
            .add("seen", two)
            .add("other", two, "input")
            .add("sum", new Add(), "seen", "other")
            .add("beside", two, "input")
            .add("product", new Multiply(), "input", "beside")
            .add("relu", new Relu(), "beside")
            .output("seen", "sum", "product", "relu")
            .build();
    agrees(network, new OnnxWriter());
  }

  @Test
  void aBatchOfOneSize() throws OrtException {
    Network network =
        Network.of("fixed", Shape.of(3, 4, 4), new Conv2d(2, 3), new LayerNorm(2, 2, 2));
    agrees(network, new OnnxWriter().batch(5));
    try (OnnxRuntime runtime = new OnnxRuntime(file())) {
      assertThat(runtime.inputDims("input")).containsExactly(5, 3, 4, 4);
    }
  }

  static Stream<Network> ending() {
    Network row = Network.of("row", Shape.of(5), new Linear(4));
    Network image = Network.of("image", Shape.of(2, 3, 3), new Conv2d(4, 1));
    Network mask = Network.of("mask", Shape.of(2, 3, 3), new Conv2d(1, 1));
    Network done = Network.of("done", Shape.of(5), new Linear(4), new Softmax());
    Network log = Network.of("log", Shape.of(5), new Linear(4), new LogSoftmax());
    Network held = Network.of("held", Shape.of(5), new Linear(4), new Sigmoid(), new Flatten());
    return Stream.of(
        row.withTask(Task.singleLabel("a", "b", "c", "d")),
        row.withTask(Task.multiLabel()),
        row.withTask(Task.regression()),
        row,
        image.withTask(Task.pixelClasses()),
        mask.withTask(Task.pixelClasses()),
        done.withTask(Task.singleLabel()),
        log.withTask(Task.singleLabel()),
        held.withTask(Task.multiLabel()));
  }

  /** Probabilities are those that the model answers. */
  @ParameterizedTest
  @MethodSource
  void ending(Network network) throws OrtException {
    ModelData model = OnnxJudge.model(network);
    new OnnxWriter().activation(true).save(model, file());
    String kind = network.task().kind().text();
    UnaryOperator<Tensor> end =
        switch (network.name() + " " + kind) {
          case "row single_label", "image pixel_classes", "log single_label" ->
              new Softmax()::forward;
          case "row multi_label", "mask pixel_classes" -> new Sigmoid()::forward;
          default -> UnaryOperator.identity();
        };
    try (OnnxRuntime runtime = new OnnxRuntime(file());
        Model own = Model.of(model);
        Arena arena = new Arena()) {
      Map<String, Tensor> inputs = OnnxJudge.inputs(network.inputs(), 3, arena);
      Tensor expected = end.apply(own.predict(inputs).values().iterator().next());
      Map<String, Tensor> actual = runtime.run(inputs, arena);
      OnnxJudge.close(network + kind, actual.values().iterator().next(), expected);
    }
  }

  static Stream<Preprocessing> pixels() {
    Preprocessing rgb =
        Preprocessing.of(
            new Normalization(new float[] {0.4f, 0.5f, 0.3f}, new float[] {0.2f, 0.3f, 0.25f}));
    return Stream.of(rgb, rgb.channels(Preprocessing.Channels.BGR));
  }

  /** Pixels in, red first, as the model scales them itself. */
  @ParameterizedTest
  @MethodSource
  void pixels(Preprocessing p) throws OrtException {
    Shape input = Shape.of(3, 4, 5);
    Network network = Network.of("pixels", input, new Conv2d(2, 3), new Flatten(), new Linear(3));
    ModelData model = OnnxJudge.model(network).withPreprocessing(p);
    new OnnxWriter().preprocessing(true).save(model, file());
    byte[] red = new byte[60];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < red.length; i++) {
      red[i] = (byte) random.nextInt(256);
    }
    byte[] own = red.clone();
    if (p.channels() == Preprocessing.Channels.BGR) {
      System.arraycopy(red, 0, own, 40, 20);
      System.arraycopy(red, 40, own, 0, 20);
    }
    float[] values = new float[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = red[i] & 0xff;
    }
    try (OnnxRuntime runtime = new OnnxRuntime(file());
        Model of = Model.of(model);
        Arena arena = new Arena()) {
      Tensor expected = of.predict(p.normalization().batch(arena, input, own));
      Tensor pixels = arena.tensor(input.batch(1), values);
      Map<String, Tensor> actual = runtime.run(Map.of("input", pixels), arena);
      OnnxJudge.close("pixels", actual.get("linear1"), expected);
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
