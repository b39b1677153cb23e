package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** ONNX Runtime on the same graphs as an {@link OnnxSession}. */
final class SessionJudge {
  private SessionJudge() {}

  /** Sets a model's outputs: names, after "int64" for integers. */
  static ModelProto.Builder outputs(ModelProto.Builder model, String... outputs) {
    Graphs.withOutputs(
        model, Arrays.stream(outputs).map(o -> o.replace("int64 ", "")).toArray(String[]::new));
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i].startsWith("int64 ")) {
        model
            .getGraphBuilder()
            .getOutputBuilder(i)
            .getTypeBuilder()
            .getTensorTypeBuilder()
            .setElemType(Graphs.INT64);
      }
    }
    return model;
  }

  /** Runs several inputs in one session, so that networks are reused for other sizes. */
  static void agree(Path dir, ModelProto.Builder model, long[]... inputs) throws Exception {
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    try (OnnxSession ours = Onnx.session(file);
        OrtSession theirs = env.createSession(file.toString())) {
      String input = ours.inputs().get(0);
      for (int i = 0; i < inputs.length; i++) {
        compare(ours, theirs, env, Map.of(input, inputs[i]), i);
      }
    }
  }

  /** Runs all inputs together, twice with other values. */
  static void agreeOnAll(Path dir, ModelProto.Builder model, long[]... inputs) throws Exception {
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    try (OnnxSession ours = Onnx.session(file);
        OrtSession theirs = env.createSession(file.toString())) {
      Map<String, long[]> all = new LinkedHashMap<>();
      for (int i = 0; i < inputs.length; i++) {
        all.put(ours.inputs().get(i), inputs[i]);
      }
      assertThat(all.keySet()).containsExactlyElementsOf(ours.inputs());
      compare(ours, theirs, env, all, 1);
      compare(ours, theirs, env, all, 2);
    }
  }

  private static void compare(
      OnnxSession ours, OrtSession theirs, OrtEnvironment env, Map<String, long[]> dims, int seed)
      throws OrtException {
    Map<String, OnnxTensor> in = new LinkedHashMap<>();
    Map<String, ai.onnxruntime.OnnxTensor> other = new LinkedHashMap<>();
    try {
      int number = 0;
      for (Map.Entry<String, long[]> e : dims.entrySet()) {
        float[] values = values(e.getValue(), seed + 1000 * number++);
        in.put(e.getKey(), OnnxTensor.of(e.getValue(), values));
        FloatBuffer buffer = FloatBuffer.wrap(values);
        other.put(e.getKey(), ai.onnxruntime.OnnxTensor.createTensor(env, buffer, e.getValue()));
      }
      Map<String, OnnxTensor> got = ours.run(in);
      try (OrtSession.Result expected = theirs.run(other)) {
        for (Map.Entry<String, OnnxTensor> e : got.entrySet()) {
          same(e.getValue(), (ai.onnxruntime.OnnxTensor) expected.get(e.getKey()).orElseThrow());
        }
      }
    } finally {
      other.values().forEach(ai.onnxruntime.OnnxTensor::close);
    }
  }

  static float[] values(long[] dims, int seed) {
    int n = 1;
    for (long d : dims) {
      n *= (int) d;
    }
    float[] values = new float[n];
    Random random = new Random(seed);
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void same(OnnxTensor ours, ai.onnxruntime.OnnxTensor theirs) throws OrtException {
    TensorInfo info = theirs.getInfo();
    assertThat(ours.shape()).isEqualTo(info.getShape());
    if (info.type == OnnxJavaType.FLOAT) {
      float[] expected = new float[theirs.getFloatBuffer().remaining()];
      theirs.getFloatBuffer().get(expected);
      assertThat(ours.floats())
          .containsExactly(expected, org.assertj.core.data.Offset.offset(1e-4f));
    } else if (info.type == OnnxJavaType.BOOL) {
      long[] expected = new long[theirs.getByteBuffer().remaining()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = theirs.getByteBuffer().get(i);
      }
      assertThat(ours.longs()).isEqualTo(expected);
    } else if (info.type == OnnxJavaType.INT64) {
      long[] expected = new long[theirs.getLongBuffer().remaining()];
      theirs.getLongBuffer().get(expected);
      assertThat(ours.longs()).isEqualTo(expected);
      assertThat(ours.type()).isEqualTo("int64");
    } else {
      throw new AssertionError("unexpected " + info);
    }
  }
}
