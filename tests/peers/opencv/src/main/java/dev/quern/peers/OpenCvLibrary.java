package dev.quern.peers;

import java.io.IOException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_dnn;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_dnn.Net;

/** OpenCV's DNN module with its own kernels, layers fused, Winograd where it wants it. */
public final class OpenCvLibrary implements Library {
  private OpenCvLibrary() {}

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) throws IOException {
    if (workload.train()) {
      throw new UnsupportedOperationException("has inference only");
    }
    opencv_core.setNumThreads(threads);
    Net net = opencv_dnn.readNetFromONNX(folder.onnx(workload).toString());
    net.setPreferableBackend(opencv_dnn.DNN_BACKEND_OPENCV);
    net.setPreferableTarget(opencv_dnn.DNN_TARGET_CPU);
    long[] shape = workload.inputShape().toArray();
    int[] sizes = IntStream.range(0, shape.length).map(i -> Math.toIntExact(shape[i])).toArray();
    Mat images = new Mat(sizes, opencv_core.CV_32F, new FloatPointer(workload.images()));
    net.setInput(images);
    try (Mat output = net.forward()) {
      float[] made = new float[Math.toIntExact(output.total())];
      new FloatPointer(output.data()).get(made);
      folder.check(workload, made);
    }
    return () -> {
      net.setInput(images);
      net.forward().close();
      return Double.NaN;
    };
  }

  public static void main(String[] args) {
    Program.run(new OpenCvLibrary(), args);
  }
}
