package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.eager.Eager;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Constant;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
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

/** What a written network can be told. */
class OnnxOptionsTest {
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
              Eager.of(new Softmax())::forward;
          case "row multi_label", "mask pixel_classes" -> Eager.of(new Sigmoid())::forward;
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

  static Stream<Normalization> features() {
    return Stream.of(
        new Normalization(new float[] {2000, 0.5f, -3e-4f}, new float[] {25, 1, 1e-5f}),
        new Normalization(new float[] {1000}, new float[] {300}));
  }

  /** Rows in, in the units of the training data; with one mean for all, bytes. */
  @ParameterizedTest
  @MethodSource
  void features(Normalization n) throws OrtException {
    Shape input = Shape.of(3);
    Network network = Network.of("rows", input, new Linear(4), new Relu(), new Linear(3));
    ModelData model = OnnxJudge.model(network).withPreprocessing(Preprocessing.of(n));
    new OnnxWriter().preprocessing(true).save(model, file());
    boolean each = n.channels() == 3;
    float[][] rows = {{1990, 1, -2.9e-4f}, {2030, 0, -3.1e-4f}};
    byte[][] bytes = {{0, 1, (byte) 255}, {7, 100, (byte) 130}};
    float[] values = {0, 1, 255, 7, 100, 130};
    for (int i = 0; each && i < values.length; i++) {
      values[i] = rows[i / 3][i % 3];
    }
    try (OnnxRuntime runtime = new OnnxRuntime(file());
        Model of = Model.of(model);
        Arena arena = new Arena()) {
      Tensor batch = each ? n.batch(arena, input, rows) : n.batch(arena, input, bytes);
      Tensor raw = arena.tensor(input.batch(2), values);
      Map<String, Tensor> actual = runtime.run(Map.of("input", raw), arena);
      OnnxJudge.close("rows", actual.get("linear2"), of.predict(batch));
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
}
