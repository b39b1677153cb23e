package dev.quern.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime on its CPU provider with all graph optimisations, which fold batch normalization and
 * join QuantizeLinear, DequantizeLinear and what lies between them to kernels of whole numbers.
 */
public final class OnnxRuntimeLibrary implements Library {
  private OnnxRuntimeLibrary() {}

  @Override
  public boolean int8() {
    return true;
  }

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) throws Exception {
    if (workload.train()) {
      throw new UnsupportedOperationException("its Java package has inference only");
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    OrtSession session = environment.createSession(folder.onnx(workload).toString(), options);
    float[] values = workload.images();
    FloatBuffer images = // direct, so that it is not copied in every step
        ByteBuffer.allocateDirect(values.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(values)
            .rewind();
    long[] shape = workload.inputShape().toArray();
    Map<String, OnnxTensor> feed =
        Map.of(
            session.getInputNames().iterator().next(),
            OnnxTensor.createTensor(environment, images, shape));
    try (OrtSession.Result result = session.run(feed)) {
      FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] made = new float[output.remaining()];
      output.get(made);
      folder.check(workload, made);
    }
    return () -> {
      session.run(feed).close();
      return Double.NaN;
    };
  }

  public static void main(String[] args) {
    Program.run(new OnnxRuntimeLibrary(), args);
  }
}
