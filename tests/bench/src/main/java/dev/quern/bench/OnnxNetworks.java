package dev.quern.bench;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.engine.Engine;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * ONNX files in Quern and ONNX Runtime: whether they load, the largest difference of an output as a
 * fraction of its largest value, and the speed with one sample and two threads.
 *
 * <p>{@code OnnxNetworks FOLDER|FILE...}
 *
 * <p>Speed is measured in blocks that alternate between the two, because the idle threads of ONNX
 * Runtime spin for some time after each run and would slow a run of Quern that follows at once.
 */
final class OnnxNetworks {
  private static final int THREADS = 2;
  private static final int BLOCKS = 5;
  private static final double SECONDS = 0.8;
  private static final int LONGEST_REASON = 160;

  private final OrtEnvironment env = OrtEnvironment.getEnvironment();

  public static void main(String[] args) throws IOException {
    Engine.setThreads(THREADS);
    System.out.println(
        "| network | layers | largest difference | Quern, ms | ONNX Runtime, ms | ratio |");
    System.out.println("|---|--:|--:|--:|--:|--:|");
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
    try (Model model = Model.load(file)) {
      return compared(name, file, model);
    } catch (RuntimeException | OrtException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      String cut = why.substring(0, Math.min(why.length(), LONGEST_REASON));
      return "| " + name + " | | " + cut.replace(file.toString(), name) + " | | | |";
    }
  }

  private String compared(String name, Path file, Model model) throws OrtException {
    try (Arena arena = new Arena();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(THREADS);
      try (OrtSession session = env.createSession(file.toString(), options)) {
        Map<String, OnnxTensor> theirs = new LinkedHashMap<>();
        Map<String, Tensor> ours = new LinkedHashMap<>();
        Random random = new Random(1);
        for (NodeInfo in : session.getInputInfo().values()) {
          long[] dims = ((TensorInfo) in.getInfo()).getShape();
          dims[0] = Math.max(dims[0], 1);
          float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
          }
          theirs.put(in.getName(), OnnxTensor.createTensor(env, FloatBuffer.wrap(values), dims));
          Shape sample = model.network().inputs().get(in.getName());
          Tensor t = arena.tensor(sample.batch(values.length / sample.elements()));
          t.copyFrom(values);
          ours.put(in.getName(), t);
        }
        double difference = difference(model, ours, session, theirs);
        List<Double> quern = new ArrayList<>();
        List<Double> runtime = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
          quern.add(median(() -> model.predict(ours)));
          runtime.add(median(() -> session.run(theirs).close()));
          ratios.add(runtime.get(block) / quern.get(block));
        }
        return String.format(
            Locale.ROOT,
            "| %s | %d | %.1e | %.1f | %.1f | %.2f |",
            name,
            model.network().nodes().size(),
            difference,
            middle(quern) * 1e3,
            middle(runtime) * 1e3,
            middle(ratios));
      }
    }
  }

  /** The largest difference of an output's value, divided by the output's largest value. */
  private static double difference(
      Model model, Map<String, Tensor> ours, OrtSession session, Map<String, OnnxTensor> theirs)
      throws OrtException {
    List<Tensor> made = new ArrayList<>(model.predict(ours).values());
    double worst = 0;
    try (OrtSession.Result result = session.run(theirs)) {
      for (int i = 0; i < made.size(); i++) {
        float[] y = made.get(i).toArray();
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
