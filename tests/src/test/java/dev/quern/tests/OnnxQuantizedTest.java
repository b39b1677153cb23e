package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of quantized layers as ONNX files: read again, and as ONNX Runtime computes them. */
class OnnxQuantizedTest {
  private static final int BATCH = 3;
  private static final float STEP = 1 / 16f;

  @TempDir Path dir;

  /**
   * All that a plan runs in bytes: batch normalization, a sum, both ends of a ReLU, signed bytes.
   */
  private static Network network() {
    return Network.builder("quantized", Shape.of(3, 12, 10))
        .add("pixels", new FakeQuantize(1 / 127f, 128, 0, 255))
        .add("stem", new QuantizedConv2d(new Conv2d(16, 3).stride(2).padding(1, 0, 1, 0)))
        .add("bn", new BatchNorm2d(0.25f, 1e-5f))
        .add("relu6", new Relu6())
        .add("stem_bytes", new FakeQuantize(2 / 255f, 0, 0, 255))
        .add("depthwise", new QuantizedConv2d(new Conv2d(16, 3).padding(1).groups(16).bias(false)))
        .add("relu", new Relu())
        .add("depthwise_bytes", new FakeQuantize(1 / 255f, 0, 0, 255))
        .add("project", new QuantizedConv2d(new Conv2d(16, 1), Quantized.WIDEST))
        .add("sum", new Add(), "project", "stem_bytes")
        .add("sum_bytes", new FakeQuantize(3 / 255f, -60, -128, 127))
        .add("pool", new MaxPool2d(2))
        .add("pool_flatten", new Flatten()) // as the reader calls it
        .add("fc", new QuantizedLinear(new Linear(10)))
        .add("scores", new FakeQuantize(STEP, 100, 0, 255))
        .build();
  }

  private static ModelData model() {
    ModelData model = ModelData.untrained(network(), 1);
    float[] wide = model.weights().get("project.weight");
    for (int i = 0; i < wide.length; i++) { // those above 0, so that all fit one byte's span
      wide[i] *= wide[i] > 0 && i % 3 == 0 ? 2 : wide[i] < 0 ? 0 : 1;
    }
    Values random = Values.floats(7);
    model
        .weights()
        .forEach(
            (name, values) -> {
              boolean fixed = name.endsWith("weight_scale") || isWhole(model.network(), name);
              for (int i = 0; i < values.length && !fixed; i++) {
                values[i] += 0.2f * Math.abs(random.next());
              }
            });
    return model;
  }

  private static boolean isWhole(Network network, String weight) {
    return weight.endsWith(".weight") && network.state().containsKey(weight + "_scale");
  }

  /** The same bytes, or the same floats. */
  private static void same(ModelData model, ModelData read, String key) {
    float[] own = model.weights().get(key);
    float[] other = read.weights().get(key);
    if (isWhole(model.network(), key)) {
      float[] scales = model.weights().get(key + "_scale");
      assertThat(Quantized.toIntegers(key, other, scales, Quantized.WIDEST))
          .isEqualTo(Quantized.toIntegers(key, own, scales, Quantized.WIDEST));
    } else {
      assertThat(other).as(key).isEqualTo(own);
    }
  }

  private static Tensor input(Arena arena) {
    return Values.tensor(arena, Values.floats(5).array(Shape.of(3, 12, 10).batch(BATCH)));
  }

  private ModelData again(ModelData model, OnnxWriter writer) {
    Path file = dir.resolve("model.onnx");
    writer.save(model, file);
    return Onnx.load(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 17, 21, 23})
  void whatIsReadAgainIsTheSame(int opset) {
    ModelData model = model();
    ModelData read = again(model, new OnnxWriter().opset(opset));
    assertThat(read.network().nodes()).isEqualTo(model.network().nodes());
    assertThat(read.weights().keySet()).isEqualTo(model.weights().keySet());
    model.weights().keySet().forEach(key -> same(model, read, key));
    try (Model own = Model.of(model);
        Model other = Model.of(read);
        Arena arena = new Arena()) {
      assertThat(own.implementations().byLayer().values())
          .hasSize(4)
          .allMatch(name -> name.startsWith("int8"));
      assertThat(other.implementations()).isEqualTo(own.implementations());
      Tensor x = input(arena);
      float[] expected = own.predict(x).toArray();
      assertThat(other.predict(x).toArray()).isEqualTo(expected);
    }
  }

  @Test
  void rowsOfFeatures() {
    Network network =
        Network.builder("rows", Shape.of(4, 6))
            .add("bytes", new FakeQuantize(1 / 127f, 0, -128, 127))
            .add("fc", new QuantizedLinear(new Linear(5, false)))
            .build();
    ModelData model = ModelData.untrained(network, 3);
    ModelData read = again(model, new OnnxWriter());
    assertThat(read.network().nodes()).isEqualTo(network.nodes());
    same(model, read, "fc.weight");
    same(model, read, "fc.weight_scale");
  }

  /** Node by node in floats, and in ONNX Runtime's own kernels of bytes. */
  @ParameterizedTest
  @EnumSource(names = {"NO_OPT", "ALL_OPT"})
  void withinOneStepOfOnnxRuntime(OptLevel level) throws OrtException {
    OnnxRuntime.environment();
    ModelData model = model();
    Path file = dir.resolve("model.onnx");
    new OnnxWriter().save(model, file);
    try (OnnxRuntime runtime = new OnnxRuntime(file, level);
        Model own = Model.of(model);
        Arena arena = new Arena()) {
      Tensor x = input(arena);
      float[] expected = own.predict(x).toArray();
      float[] actual = runtime.run(Map.of("input", x), arena).get("scores").toArray();
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < actual.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(STEP);
      }
    }
  }
}
