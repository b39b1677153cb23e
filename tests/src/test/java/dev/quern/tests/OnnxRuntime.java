package dev.quern.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A file as ONNX Runtime computes it, on one thread: the judge of what Quern writes. */
final class OnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;

  OnnxRuntime(Path file) throws OrtException {
    this(file, OptLevel.ALL_OPT);
  }

  /**
   * @param level NO_OPT for one node after the other, in floats as ONNX defines them
   */
  OnnxRuntime(Path file, OptLevel level) throws OrtException {
    environment = environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(level);
      // sums of bytes saturate on processors without VNNI, else
      options.addConfigEntry("session.x64quantprecision", "1");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      session = environment.createSession(file.toString(), options);
    }
  }

  /** Skips the test where there is no library of ONNX Runtime for this platform. */
  static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError | RuntimeException e) {
      assumeTrue(false, "ONNX Runtime cannot be loaded here: " + e);
      throw e;
    }
  }

  Set<String> inputs() {
    return session.getInputNames();
  }

  Set<String> outputs() {
    return session.getOutputNames();
  }

  /** An input's dimensions; -1 for those that are open. */
  long[] inputDims(String name) throws OrtException {
    return ((TensorInfo) session.getInputInfo().get(name).getInfo()).getShape();
  }

  /** The outputs by name, in this arena. */
  Map<String, Tensor> run(Map<String, Tensor> inputs, Arena arena) throws OrtException {
    Map<String, OnnxTensor> given = new HashMap<>();
    try {
      for (Map.Entry<String, Tensor> e : inputs.entrySet()) {
        Tensor t = e.getValue();
        FloatBuffer values = FloatBuffer.wrap(t.toArray());
        given.put(e.getKey(), OnnxTensor.createTensor(environment, values, t.shape().toArray()));
      }
      Map<String, Tensor> all = new LinkedHashMap<>();
      try (OrtSession.Result result = session.run(given)) {
        for (Map.Entry<String, OnnxValue> e : result) {
          OnnxTensor t = (OnnxTensor) e.getValue();
          float[] values = new float[t.getFloatBuffer().remaining()];
          t.getFloatBuffer().get(values);
          all.put(e.getKey(), arena.tensor(Shape.of(t.getInfo().getShape()), values));
        }
      }
      return all;
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
