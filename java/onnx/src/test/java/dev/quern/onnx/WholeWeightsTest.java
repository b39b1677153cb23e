package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that a file keeps as bytes. */
class WholeWeightsTest {
  private static final String QUANTIZE =
      "QuantizeLinear x[1,3,6,6] xs{0.02} xz -> q ; DequantizeLinear q xs xz -> d ; ";
  private static final String DEQUANTIZE = "DequantizeLinear w ws wz -> v axis=0 ; ";
  private static final float STEP = 0.25f;
  private static final long[] ONE = {};

  @TempDir Path dir;

  private static ModelProto.Builder graph(String nodes) {
    ModelProto.Builder model = Graphs.of(nodes.split(" ; "));
    model.getGraphBuilder().addInitializer(Graphs.bytes("xz", false, ONE, 128));
    return model;
  }

  /** Bytes, their zero points and scales: one of each, or one of each for every channel. */
  private static void addWeight(
      ModelProto.Builder model,
      String name,
      boolean signed,
      long[] dims,
      int zero,
      int[] bytes,
      float... scales) {
    int[] zeros = new int[scales.length];
    Arrays.fill(zeros, zero);
    long[] of = scales.length == 1 ? ONE : new long[] {scales.length};
    model
        .getGraphBuilder()
        .addInitializer(Graphs.bytes(name, signed, dims, bytes))
        .addInitializer(Graphs.bytes(name + "z", signed, of, zeros))
        .addInitializer(Graphs.floats(name + "s", of, scales));
  }

  private static int[] random(int n, int zero, long seed) {
    int[] all =
        new Random(seed).ints(n, Math.max(0, zero - 127), Math.min(256, zero + 128)).toArray();
    if (zero != 0 && zero != 128) { // beyond 127
      all[0] = zero < 128 ? 255 : 0;
    }
    return all;
  }

  private static float[] scales(int n) {
    float[] all = new float[n];
    for (int i = 0; i < n; i++) {
      all[i] = 0.003f + 0.0007f * i;
    }
    return all;
  }

  private static List<String> kinds(Network network) {
    return network.nodes().stream()
        .map(Network.Node::layer)
        .map(Layer::getClass)
        .map(Class::getSimpleName)
        .toList();
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
  }

  private ModelData read(ModelProto.Builder model) throws IOException {
    return Onnx.load(write(model));
  }

  private static void isWhole(
      ModelData data, String layer, int channels, int zero, int[] bytes, float... scales) {
    float[] each = data.weights().get(layer + ".weight_scale");
    float[] weight = data.weights().get(layer + ".weight");
    assertThat(each).hasSize(channels);
    assertThat(weight).hasSameSizeAs(bytes);
    for (int i = 0; i < weight.length; i++) {
      int c = i / (weight.length / channels);
      assertThat(each[c]).isEqualTo(scales[scales.length == 1 ? 0 : c]);
      assertThat(weight[i]).isEqualTo((bytes[i] - zero) * each[c]);
    }
  }

  private static boolean allInBytes(ModelData data) {
    try (Model model = Model.of(data)) {
      return model.implementations().byLayer().values().stream()
          .allMatch(name -> name.startsWith("int8"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, 0, 1",
    "true, 0, 4",
    "false, 128, 1",
    "false, 128, 4",
    "false, 100, 1",
    "false, 140, 4"
  })
  void convolutionAndGemmOfBytes(boolean signed, int zero, int n) throws Exception {
    ModelProto.Builder model =
        graph(
            QUANTIZE
                + DEQUANTIZE
                + "Conv d v b(4) -> c pads=1,1,1,1 ; Clip c lo{0.0} hi{6.0} -> r ;"
                + " QuantizeLinear r ys{0.0235} yz -> p ; DequantizeLinear p ys yz -> t ;"
                + " Flatten t -> f ; DequantizeLinear m ms mz -> g axis=0 ;"
                + " Gemm f g k(4) -> h transB=1 ; QuantizeLinear h hs{0.25} xz -> u ;"
                + " DequantizeLinear u hs xz -> y");
    model.getGraphBuilder().addInitializer(Graphs.bytes("yz", false, ONE, 0));
    int[] kernel = random(4 * 27, zero, 1);
    int[] matrix = random(4 * 144, zero, 2);
    float[] scales = scales(n);
    addWeight(model, "w", signed, new long[] {4, 3, 3, 3}, zero, kernel, scales);
    addWeight(model, "m", signed, new long[] {4, 144}, zero, matrix, scales);
    ModelData data = read(model);
    assertThat(kinds(data.network()))
        .containsExactly(
            "FakeQuantize",
            "QuantizedConv2d",
            "Relu6",
            "FakeQuantize",
            "Flatten",
            "QuantizedLinear",
            "FakeQuantize");
    isWhole(data, "c", 4, zero, kernel, scales);
    isWhole(data, "h", 4, zero, matrix, scales);
    assertThat(allInBytes(data)).isTrue();
    withinOneStep(data, dir.resolve("model.onnx"));
  }

  /** ONNX Runtime computes each node by itself, in floats. */
  private static void withinOneStep(ModelData data, Path file) throws OrtException {
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    float[] values = new float[3 * 6 * 6];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        Model ours = Model.of(data);
        Arena arena = new Arena()) {
      options.setOptimizationLevel(OptLevel.NO_OPT);
      float[] got = ours.predict(arena.tensor(Shape.of(1, 3, 6, 6), values)).toArray();
      try (OrtSession session = env.createSession(file.toString(), options);
          OnnxTensor x =
              OnnxTensor.createTensor(env, FloatBuffer.wrap(values), new long[] {1, 3, 6, 6});
          OrtSession.Result wanted = session.run(Map.of("x", x))) {
        float[] theirs = ((OnnxTensor) wanted.get(0)).getFloatBuffer().array();
        assertThat(got).hasSameSizeAs(theirs);
        for (int i = 0; i < got.length; i++) {
          assertThat(Math.abs(got[i] - theirs[i])).isLessThanOrEqualTo(STEP);
        }
      }
    }
  }

  /** A scale of each column is one of each feature. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Gemm f v k(4) -> h", "MatMul f v -> h", "MatMul f v -> o ; Add o k(4) -> h"})
  void matricesThatAreTurned(String product) throws IOException {
    ModelProto.Builder model =
        graph(QUANTIZE + "Flatten d -> f ; DequantizeLinear w ws wz -> v axis=1 ; " + product);
    int[] bytes = random(108 * 4, 0, 1);
    addWeight(model, "w", true, new long[] {108, 4}, 0, bytes, scales(4));
    ModelData data = read(model);
    assertThat(kinds(data.network())).containsExactly("FakeQuantize", "Flatten", "QuantizedLinear");
    int[] turned = new int[bytes.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = bytes[i % 108 * 4 + i / 108];
    }
    isWhole(data, data.network().outputs().get(0), 4, 0, turned, scales(4));
    assertThat(allInBytes(data)).isTrue();
    Judge.compare(dir.resolve("model.onnx"), data);
  }

  @Test
  void aBiasThatIsAddedBehind() throws IOException {
    ModelProto.Builder model =
        graph(QUANTIZE + DEQUANTIZE + "Conv d v -> c ; Add c b(1,4,1,1) -> y");
    addWeight(model, "w", true, new long[] {4, 3, 3, 3}, 0, random(4 * 27, 0, 1), scales(4));
    ModelData data = read(model);
    assertThat(kinds(data.network())).containsExactly("FakeQuantize", "QuantizedConv2d");
    assertThat(data.weights().get("y.bias")).hasSize(4);
    Judge.compare(dir.resolve("model.onnx"), data);
  }

  /** Numbers that two bytes from -127 to 127 cannot be, and scales that differ inside a channel. */
  @ParameterizedTest
  @CsvSource({"false, 0, 255, 4, 0", "true, 0, 5, 3, 1"})
  void staysInFloats(boolean signed, int zero, int last, int n, int axis) throws IOException {
    ModelProto.Builder model =
        graph(QUANTIZE + DEQUANTIZE.replace("axis=0", "axis=" + axis) + "Conv d v -> y");
    int[] bytes = random(4 * 27, signed ? 0 : 127, 1);
    bytes[bytes.length - 1] = last;
    addWeight(model, "w", signed, new long[] {4, 3, 3, 3}, zero, bytes, scales(n));
    ModelData data = read(model);
    assertThat(kinds(data.network())).containsExactly("FakeQuantize", "Conv2d");
    Judge.compare(dir.resolve("model.onnx"), data);
  }

  /** Files have a DequantizeLinear for each reader. */
  @Test
  void oneLayerRoundsForAllReaders() throws IOException {
    ModelProto.Builder model =
        graph(
            QUANTIZE
                + DEQUANTIZE
                + "DequantizeLinear q xs xz -> e ; Conv d v -> c pads=1,1,1,1 ;"
                + " QuantizeLinear c xs xz -> o ; DequantizeLinear o xs xz -> r ; Add r e -> y");
    addWeight(model, "w", true, new long[] {3, 3, 3, 3}, 0, random(81, 0, 1), scales(3));
    assertThat(kinds(read(model).network()))
        .containsExactly("FakeQuantize", "QuantizedConv2d", "FakeQuantize", "Add");
  }
}
