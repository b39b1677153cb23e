package dev.quern.fuzz.faults;

import dev.quern.io.dataset.IdxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What all cases share: the JVM's command, data, and how runs end that nothing happens to. */
final class Setup {
  private static final int SIDE = 10;

  /** What would choose kernels, or make the JVM print a line of its own. */
  private static final List<String> NOT_INHERITED =
      List.of(
          "QUERN_ISA",
          "QUERN_TUNE",
          "OPENBLAS_CORETYPE",
          "JAVA_TOOL_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_JAVA_OPTIONS");

  /**
   * A run without faults.
   *
   * @param bits of its weights
   * @param nanos that it took
   * @param checkpointBytes a checkpoint's size
   */
  record Whole(String bits, long nanos, long checkpointBytes) {}

  private final Path work;
  private final String classPath;
  private final Map<Program, Whole> wholes = new EnumMap<>(Program.class);

  /**
   * @param work a folder for what the cases need, which the caller deletes
   */
  Setup(Path work, String classPath) throws IOException, InterruptedException, Broken {
    this.work = work;
    this.classPath = classPath;
    write("train", 64, 1);
    write("t10k", 16, 2);
    Files.writeString(
        work.resolve("net.json"),
        """
        {"name": "tiny", "input": [1, 10, 10], "layers": [
          {"type": "conv2d", "out_channels": 4, "kernel": 3},
          {"type": "relu"},
          {"type": "flatten"},
          {"type": "linear", "out_features": 10}]}
        """);
    for (Program p : Program.values()) {
      try (Scene scene = new Scene(this, p, 0)) {
        long start = System.nanoTime();
        scene.requireEnd(scene.start(), 0);
        long nanos = System.nanoTime() - start;
        wholes.put(p, new Whole(scene.bits(), nanos, scene.checkpointBytes()));
      }
    }
  }

  private void write(String split, int count, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[count * SIDE * SIDE];
    random.nextBytes(pixels);
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 10);
      pixels[i * SIDE * SIDE + labels[i]] = -1;
    }
    new IdxFile(new int[] {count, SIDE, SIDE}, pixels)
        .write(work.resolve(split + "-images-idx3-ubyte"));
    new IdxFile(new int[] {count}, labels).write(work.resolve(split + "-labels-idx1-ubyte"));
  }

  Path work() {
    return work;
  }

  Whole whole(Program program) {
    return wholes.get(program);
  }

  /** A JVM as small and as soon to start as can be. */
  ProcessBuilder command(List<String> prefix, List<String> options, List<String> words) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=1",
            "-XX:-UsePerfData",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + work.resolve("hs_err_%p.log"),
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(NOT_INHERITED);
    return builder;
  }
}
