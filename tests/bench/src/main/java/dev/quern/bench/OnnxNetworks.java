package dev.quern.bench;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * ONNX files in Quern and ONNX Runtime: whether they load, the largest difference of an output as a
 * fraction of its largest value, and the speed with one sample and two threads, in float32 and, of
 * models, with {@code Precision.BF16}. What is no model runs in a session.
 *
 * <p>{@code OnnxNetworks FOLDER|FILE...}
 *
 * <p>Speed is measured in blocks that alternate between the two, because the idle threads of ONNX
 * Runtime spin for some time after each run and would slow a run of Quern that follows at once. A
 * time is the median of a block, of the best block: virtual cores lose half of their speed for
 * seconds when they come to share a core of the host.
 */
final class OnnxNetworks {
  private static final int THREADS = 2;
  private static final int BLOCKS = 9;
  private static final double SECONDS = 0.3;
  private static final int LONGEST_REASON = 160;

  private final OrtEnvironment env = OrtEnvironment.getEnvironment();

  public static void main(String[] args) throws IOException {
    Engine.setThreads(THREADS);
    System.out.println(
        "| network | layers | largest difference | Quern, ms | ONNX Runtime, ms | ratio"
            + " | bf16, ms | ratio |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|");
    OnnxNetworks all = new OnnxNetworks();
    for (String arg : args) {
      for (Path file : files(Path.of(arg))) {
        System.out.println(all.row(file));
      }
    }
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  private String row(Path file) {
    String name = file.getFileName().toString().replace(".onnx", "");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(THREADS);
      try (OrtSession session = env.createSession(file.toString(), options);
          OnnxRun ours = OnnxRun.of(file, Precision.DEFAULT);
          OnnxRun bf16 = ours.layers() == 0 ? null : OnnxRun.of(file, Precision.BF16)) {
        return compared(name, session, ours, bf16);
      }
    } catch (RuntimeException | OrtException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      String cut = why.substring(0, Math.min(why.length(), LONGEST_REASON));
      return "| " + name + " | | " + cut.replace(file.toString(), name) + " | | | | | |";
    }
  }

  /**
   * A row of the table.
   *
   * @param bf16 the same with values in bf16; null for none
   */
  private String compared(String name, OrtSession session, OnnxRun ours, OnnxRun bf16)
      throws OrtException {
    Map<String, OnnxTensor> theirs = new LinkedHashMap<>();
    Random random = new Random(1);
    for (NodeInfo in : session.getInputInfo().values()) {
      long[] dims = ((TensorInfo) in.getInfo()).getShape();
      dims[0] = Math.max(dims[0], 1);
      float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      theirs.put(in.getName(), OnnxTensor.createTensor(env, FloatBuffer.wrap(values), dims));
      ours.input(in.getName(), dims, values);
      if (bf16 != null) {
        bf16.input(in.getName(), dims, values);
      }
    }
    double difference = difference(ours, session, theirs);
    List<Double> quern = new ArrayList<>();
    List<Double> runtime = new ArrayList<>();
    List<Double> rounded = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      quern.add(median(ours::run));
      runtime.add(median(() -> session.run(theirs).close()));
      if (bf16 != null) {
        rounded.add(median(bf16::run));
      }
    }
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.1e | %.1f | %.1f | %.2f | %s |",
        name,
        ours.layers() == 0 ? "session" : Integer.toString(ours.layers()),
        difference,
        best(quern) * 1e3,
        best(runtime) * 1e3,
        best(runtime) / best(quern),
        bf16 == null
            ? "| "
            : String.format(
                Locale.ROOT, "%.1f | %.2f", best(rounded) * 1e3, best(runtime) / best(rounded)));
  }

  private static double best(List<Double> blocks) {
    return Collections.min(blocks);
  }

  /** The largest difference of an output's value, divided by the output's largest value. */
  private static double difference(OnnxRun ours, OrtSession session, Map<String, OnnxTensor> theirs)
      throws OrtException {
    List<float[]> made = ours.outputs();
    double worst = 0;
    try (OrtSession.Result result = session.run(theirs)) {
      for (int i = 0; i < made.size(); i++) {
        float[] y = made.get(i);
        float[] wanted = new float[y.length];
        ((OnnxTensor) result.get(i)).getFloatBuffer().get(wanted);
        double most = 0;
        double apart = 0;
        for (int k = 0; k < y.length; k++) {
          most = Math.max(most, Math.abs(wanted[k]));
          apart = Math.max(apart, Math.abs(y[k] - wanted[k]));
        }
        worst = Math.max(worst, apart / most);
      }
    }
    return worst;
  }

  private interface Run {
    void run() throws OrtException;
  }

  /** The median of some runs, in seconds. */
  private static double median(Run run) throws OrtException {
    run.run();
    run.run();
    List<Double> all = new ArrayList<>();
    long end = System.nanoTime() + (long) (SECONDS * 1e9);
    while (all.size() < 3 || System.nanoTime() < end) {
      long start = System.nanoTime();
      run.run();
      all.add((System.nanoTime() - start) * 1e-9);
    }
    return middle(all);
  }

  private static double middle(List<Double> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
  }
}
