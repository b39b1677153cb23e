package dev.quern.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Precision;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.Safetensors;
import dev.quern.onnx.Onnx;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pretrained networks, which are not part of the project, against their recorded outputs. */
@Tag("full")
class OnnxModelsTest {
  private static Path model(String name) {
    return Fixtures.model(name);
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2, 1e-5",
    "mobilenet_v2_qdq, 0.024",
    "cifar10_resnet8, 1e-5",
    "mnist, 1e-5",
    "ultraface, 1e-5",
    "ppocr_cls, 1e-5"
  })
  void itAnswersAsRecorded(String name, double bound) {
    ModelData data = Onnx.load(model(name + ".onnx"));
    Safetensors recorded = Safetensors.read(model(name + ".safetensors"));
    String input = data.network().inputs().keySet().iterator().next();
    try (Model m = Model.of(data);
        Arena arena = new Arena()) {
      Tensor x = arena.tensor(recorded.shape("input"), recorded.floats("input"));
      Map<String, Tensor> out = m.predict(Map.of(input, x));
      int compared = 0;
      for (String key : recorded.names()) {
        if (key.startsWith("output")) {
          Tensor found =
              key.equals("output")
                  ? out.values().iterator().next()
                  : out.get(key.substring("output.".length()));
          assertClose(found.toArray(), recorded.floats(key), bound);
          compared++;
        }
      }
      assertThat(compared).isEqualTo(data.network().outputs().size());
    }
  }

  private static void assertClose(float[] found, float[] wanted, double bound) {
    assertThat(found).hasSameSizeAs(wanted);
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      apart = Math.max(apart, Math.abs(wanted[i] - (double) found[i]));
    }
    assertThat(apart / largest).as("difference relative to the largest").isLessThanOrEqualTo(bound);
  }

  /** In most layers a few weights are over 127 from their zero point. */
  @ParameterizedTest
  @EnumSource
  void aNetworkOfBytes(Precision precision) {
    ModelData data = Onnx.load(model("mobilenet_v2_qdq.onnx"));
    Safetensors recorded = Safetensors.read(model("mobilenet_v2_qdq.safetensors"));
    try (Model m = Model.of(data, precision);
        Arena arena = new Arena()) {
      float[] wanted = recorded.floats("output");
      float[] found =
          m.predict(arena.tensor(recorded.shape("input"), recorded.floats("input"))).toArray();
      assertClose(found, wanted, 0.024);
      int classes = wanted.length / 2;
      for (int i = 0; i < 2; i++) {
        assertThat(first(found, i * classes, classes))
            .isEqualTo(first(wanted, i * classes, classes));
      }
      Collection<String> ways = m.implementations().byLayer().values();
      assertThat(ways).hasSize(53);
      long bytes = ways.stream().filter(name -> name.startsWith("int8")).count();
      assertThat(bytes).isEqualTo(precision == Precision.STRICT ? 0 : 53);
    }
  }

  private static int first(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  @Test
  void freeHeightAndWidthStayFree() {
    ModelData data = Onnx.load(model("ppocr_cls.onnx"));
    assertThat(data.network().input()).isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
    assertThat(data.network().nodes().stream().filter(n -> n.layer().type().equals("hardswish")))
        .as("x, 3 added, clipped, multiplied, divided by 6")
        .hasSize(18);
    assertThat(data.network().nodes().stream().filter(n -> n.layer().type().equals("batch_norm2d")))
        .as("kept for fine-tuning")
        .hasSize(35);
  }
}
