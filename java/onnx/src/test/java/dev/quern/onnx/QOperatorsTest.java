package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantized operators, judged by ONNX Runtime, which computes them in integers. */
class QOperatorsTest {
  private static final String START = "QuantizeLinear x[1,4,6,6] s z -> q ; ";
  private static final String END = " DequantizeLinear p t u -> y";

  /** The scale of outputs. */
  private static final float STEP = 0.25f;

  @TempDir Path dir;

  private static TensorProto ints(String name, int... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).addDims(values.length);
    t.setDataType(TensorProto.DataType.INT32_VALUE);
    Arrays.stream(values).forEach(t::addInt32Data);
    return t.build();
  }

  private static TensorProto bytes(String name, boolean signed, long... dims) {
    int n = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    int[] values =
        new Random(name.hashCode()).ints(n, signed ? -127 : 1, signed ? 128 : 255).toArray();
    return Graphs.bytes(name, signed, dims, values);
  }

  /** With scales s, t, of each channel e, zero points z, u, e0, and weights. */
  private static ModelProto.Builder graph(String nodes) {
    ModelProto.Builder model = Graphs.of(nodes.split(" ; "));
    model.addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1);
    long[] one = {};
    model
        .getGraphBuilder()
        .addInitializer(Graphs.bytes("z", false, one, 128))
        .addInitializer(Graphs.bytes("u", false, one, 100))
        .addInitializer(Graphs.floats("s", one, 0.02f))
        .addInitializer(Graphs.floats("t", one, STEP))
        .addInitializer(Graphs.floats("one", one, 0.004f))
        .addInitializer(Graphs.bytes("one0", true, one, 0))
        .addInitializer(Graphs.floats("each", new long[] {5}, 0.01f, 0.02f, 0.015f, 0.03f, 0.007f))
        .addInitializer(Graphs.bytes("each0", true, new long[] {5}, 0, 0, 0, 0, 0))
        .addInitializer(ints("b", 900, -1200, 0, 77, -5))
        .addInitializer(bytes("w", true, 5, 4, 3, 3))
        .addInitializer(bytes("m", true, 5, 36))
        .addInitializer(bytes("n", true, 6, 7));
    return model;
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
  }

  /** Sums may round to either of two steps; nearly all agree. */
  private ModelData agrees(String nodes) throws IOException, OrtException {
    Path file = write(graph(nodes));
    ModelData data = Onnx.load(file);
    float[] values = new float[4 * 6 * 6];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    try (Model ours = Model.of(data);
        Arena arena = new Arena();
        OrtSession session = session(env, file);
        OnnxTensor x =
            OnnxTensor.createTensor(env, FloatBuffer.wrap(values), new long[] {1, 4, 6, 6});
        OrtSession.Result wanted = session.run(Map.of("x", x))) {
      float[] got = ours.predict(arena.tensor(Shape.of(1, 4, 6, 6), values)).toArray();
      float[] theirs = ((OnnxTensor) wanted.get(0)).getFloatBuffer().array();
      assertThat(got).hasSameSizeAs(theirs);
      int others = 0;
      for (int i = 0; i < got.length; i++) {
        assertThat(Math.abs(got[i] - theirs[i])).isLessThanOrEqualTo(STEP * 1.001f);
        others += Math.abs(got[i] - theirs[i]) > STEP / 2 ? 1 : 0;
      }
      assertThat(others).isLessThanOrEqualTo(1 + got.length / 20);
      assertThat(new TreeSet<>(Arrays.asList(box(theirs)))).hasSizeGreaterThan(2);
    }
    return data;
  }

  /** It would warn of each constant that a case does not read. */
  private static OrtSession session(OrtEnvironment env, Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      return env.createSession(file.toString(), options);
    }
  }

  private static Float[] box(float... values) {
    Float[] all = new Float[values.length];
    Arrays.setAll(all, i -> values[i]);
    return all;
  }

  private static boolean allInBytes(ModelData data) {
    try (Model model = Model.of(data)) {
      return model.implementations().byLayer().values().stream()
          .allMatch(name -> name.startsWith("int8"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QLinearConv q s z w each each0 t u b -> p pads=1,1,1,1 ;",
        "QLinearConv q s z w one one0 t u -> p strides=2,2 ;",
        "QLinearConv q s z w each each0 t u b -> c ; MaxPool c -> p kernel_shape=2,2 ;",
        "MaxPool q -> c kernel_shape=2,2 strides=1,1 ; QLinearConv c s z w each each0 t u -> p ;",
        "Reshape q k{1,4,36} -> r ; Transpose r -> v perm=0,2,1 ; Reshape v k2{4,36} -> f ;"
            + " com.microsoft.QGemm f s z m each each0 b t u -> p transB=1 ;",
      })
  void productsInBytes(String nodes) throws Exception {
    assertThat(allInBytes(agrees(START + nodes + END))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QLinearMatMul q s z n one one0 t u -> p ;",
        "com.microsoft.QLinearAdd q s z q s z t u -> p ;",
        "com.microsoft.QLinearMul q s z q s z t u -> p ;",
        "com.microsoft.QLinearAveragePool q s z one u -> c kernel_shape=2,2 ;"
            + " com.microsoft.QLinearAdd c one u c one u t u -> p ;",
        "com.microsoft.QLinearMul q s z q s z t z -> c ;"
            + " com.microsoft.QLinearGlobalAveragePool c t z s z -> d ;"
            + " com.microsoft.QLinearAdd d s z q s z t u -> p ;",
        "com.microsoft.QLinearSigmoid q s z t u -> p ;",
        "com.microsoft.QLinearLeakyRelu q s z t u -> p alpha=0.5 ;",
        "com.microsoft.QLinearConcat t u q s z q s z -> p axis=1 ;"
      })
  void others(String nodes) throws Exception {
    agrees(START + nodes + END);
  }

  @Test
  void gemmThatLeavesFloats() throws Exception {
    agrees(
        START
            + "Reshape q k{4,36} -> f ;"
            + " com.microsoft.QGemm f s z m each each0 b -> y transB=1");
  }

  @Test
  void refusals() {
    for (String nodes :
        new String[] {
          "com.microsoft.QGemm q s z m each each0 b t u -> p alpha=0.5 ;",
          "com.microsoft.QLinearGlobalAveragePool q s z t u -> p channels_last=1 ;",
          "com.microsoft.QGemm q s z m each each0 b t u -> p alpha=text ;",
          "com.microsoft.QGemm q s z m each each0 b t u -> p transB=text ;",
          "com.microsoft.QLinearAveragePool q s z t u -> p channels_last=text ;",
          "QLinearConv q s z -> p ;",
          "QLinearConv q s z w each each0 _ u -> p ;"
        }) {
      assertThatThrownBy(() -> Onnx.load(write(graph(START + nodes + END))))
          .as(nodes)
          .isInstanceOf(ImportException.class);
    }
  }
}
