package dev.quern.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime on its CPU provider with all graph optimisations, which fold batch normalisation.
 */
public final class OnnxRuntimeLibrary implements Library {
  private OnnxRuntimeLibrary() {}

  @Override
  public Step prepare(Workload workload, int threads) throws Exception {
    if (workload.train()) {
      throw new UnsupportedOperationException("its Java package has inference only");
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    OrtSession session =
        workload.isFile()
            ? environment.createSession(workload.file().toString(), options)
            : environment.createSession(OnnxModel.of(workload), options);
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
    return () -> {
      session.run(feed).close();
      return Double.NaN;
    };
  }

  public static void main(String[] args) {
    Program.run(new OnnxRuntimeLibrary(), args);
  }
}
