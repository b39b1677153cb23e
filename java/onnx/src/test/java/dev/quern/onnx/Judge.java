package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** ONNX Runtime on the same file and the same numbers. */
final class Judge {
  private static final int FREE = 4;

  private Judge() {}

  /** Writes a file, reads it, and compares what it computes with ONNX Runtime's. */
  static ModelData agree(Path folder, ModelProto.Builder model) {
    try {
      Path file = Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
      ModelData read = Onnx.load(file);
      compare(file, read);
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By default, ONNX Runtime rounds the other factor of a matrix of bytes to 8 bits, too. */
  private static OrtSession.SessionOptions exact() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.addConfigEntry("session.qdq_matmulnbits_accuracy_level", "1");
    return options;
  }

  /** Of one sample, or as many as the file fixes; values of float32. */
  static void compare(Path file, ModelData read) {
    compare(file, read, 1, FREE, FREE);
  }

  /** With these in the places of free dimensions. */
  static void compare(Path file, ModelData read, long... free) {
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    Random random = new Random(3);
    try (OrtSession.SessionOptions options = exact();
        OrtSession session = env.createSession(file.toString(), options);
        Model ours = Model.of(read);
        Arena arena = new Arena()) {
      Map<String, OnnxTensor> theirs = new LinkedHashMap<>();
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (NodeInfo in : session.getInputInfo().values()) {
        long[] dims = ((TensorInfo) in.getInfo()).getShape();
        int n = 1;
        for (int i = 0; i < dims.length; i++) {
          dims[i] = dims[i] > 0 ? dims[i] : free[Math.max(0, i - 1)];
          n *= (int) dims[i];
        }
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
          values[i] = (float) random.nextGaussian();
        }
        theirs.put(in.getName(), OnnxTensor.createTensor(env, FloatBuffer.wrap(values), dims));
        Shape sample = sized(ours.network().inputs().get(in.getName()), free);
        Tensor t = arena.tensor(sample.batch(n / sample.elements()));
        t.copyFrom(values);
        inputs.put(in.getName(), t);
      }
      if (inputs.isEmpty()) {
        ours.network().inputs().forEach((n, s) -> inputs.put(n, arena.tensor(s.batch(1))));
      }
      List<Tensor> got = new ArrayList<>(ours.predict(inputs).values());
      try (OrtSession.Result expected = session.run(theirs)) {
        for (int i = 0; i < got.size(); i++) {
          float[] wanted = ((OnnxTensor) expected.get(i)).getFloatBuffer().array();
          same(got.get(i).toArray(), wanted);
        }
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  private static Shape sized(Shape shape, long... free) {
    long[] dims = shape.toArray();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == Shape.FREE ? free[i] : dims[i];
    }
    return Shape.of(dims);
  }

  private static void same(float[] got, float... wanted) {
    assertThat(got).hasSameSizeAs(wanted);
    float most = 1;
    for (float w : wanted) {
      most = Float.isFinite(w) ? Math.max(most, Math.abs(w)) : most;
    }
    for (int i = 0; i < got.length; i++) {
      boolean alike =
          Float.compare(got[i], wanted[i]) == 0
              || got[i] == wanted[i]
              || Math.abs(got[i] - wanted[i]) <= 1e-4f * most;
      assertThat(alike).as("%s is %s, ONNX Runtime's %s", i, got[i], wanted[i]).isTrue();
    }
  }
}
