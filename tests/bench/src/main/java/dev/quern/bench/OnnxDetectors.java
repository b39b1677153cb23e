package dev.quern.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.engine.Engine;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Whole detectors, with their non-maximum suppression, in Quern's {@link OnnxSession} and ONNX
 * Runtime: whether each box of one is a box of the other, and the speed with two threads.
 *
 * <p>{@code OnnxDetectors FILE...}, of files with one image as the input and boxes as the first
 * output
 */
final class OnnxDetectors {
  private static final int THREADS = 2;
  private static final int BLOCKS = 3;
  private static final int RUNS = 5;
  private static final int CORNERS = 4;

  /** The largest distance of equal boxes, in pixels. */
  private static final float NEAR = 0.1f;

  private interface Call {
    void run() throws OrtException;
  }

  private OnnxDetectors() {}

  public static void main(String[] files) throws OrtException {
    Engine.setThreads(THREADS);
    System.out.println(
        "| network | boxes | without an equal one | first run, ms | Quern, ms | ONNX Runtime, ms |"
            + " ratio |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|");
    for (String file : files) {
      System.out.println(row(Path.of(file)));
    }
  }

  private static String row(Path file) throws OrtException {
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    try (OnnxSession ours = Onnx.session(file);
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(THREADS);
      try (OrtSession theirs = env.createSession(file.toString(), options)) {
        String input = ours.inputs().get(0);
        long[] dims = ((TensorInfo) theirs.getInputInfo().get(input).getInfo()).getShape();
        float[] pixels = pixels((int) Arrays.stream(dims).reduce(1, (a, b) -> a * b));
        Map<String, dev.quern.onnx.OnnxTensor> own =
            Map.of(input, dev.quern.onnx.OnnxTensor.of(dims, pixels));
        try (OnnxTensor x = OnnxTensor.createTensor(env, FloatBuffer.wrap(pixels), dims)) {
          double first = seconds(() -> ours.run(own));
          String boxes = ours.outputs().get(0);
          float[] mine = ours.run(own).get(boxes).floats();
          float[] other = boxes(theirs, Map.of(input, x));
          List<Double> quern = new ArrayList<>();
          List<Double> runtime = new ArrayList<>();
          for (int i = 0; i < BLOCKS; i++) {
            quern.add(median(() -> ours.run(own)));
            runtime.add(median(() -> theirs.run(Map.of(input, x)).close()));
          }
          return String.format(
              Locale.ROOT,
              "| %s | %d | %d | %.0f | %.1f | %.1f | %.2f |",
              file.getFileName().toString().replace(".onnx", ""),
              other.length / CORNERS,
              alone(mine, other) + alone(other, mine),
              first * 1e3,
              middle(quern) * 1e3,
              middle(runtime) * 1e3,
              middle(runtime) / middle(quern));
        }
      }
    }
  }

  private static float[] pixels(int n) {
    Random random = new Random(1);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static float[] boxes(OrtSession session, Map<String, OnnxTensor> inputs)
      throws OrtException {
    try (OrtSession.Result result = session.run(inputs)) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] all = new float[values.remaining()];
      values.get(all);
      return all;
    }
  }

  /** Returns the number of boxes of a list that are not in another list. */
  private static int alone(float[] boxes, float[] others) {
    int count = 0;
    for (int i = 0; i < boxes.length; i += CORNERS) {
      boolean found = false;
      for (int j = 0; j < others.length && !found; j += CORNERS) {
        found = true;
        for (int k = 0; k < CORNERS; k++) {
          found &= Math.abs(boxes[i + k] - others[j + k]) <= NEAR;
        }
      }
      count += found ? 0 : 1;
    }
    return count;
  }

  private static double seconds(Call call) throws OrtException {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double median(Call call) throws OrtException {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      all.add(seconds(call));
    }
    return middle(all);
  }

  private static double middle(List<Double> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
  }
}
