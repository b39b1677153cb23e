package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run of thirty images that takes no time: three steps an epoch. */
public final class SmallRun {
  private SmallRun() {}

  public static Dataset data() {
    byte[] pixels = new byte[30 * 4];
    int[] labels = new int[30];
    for (int i = 0; i < 30; i++) {
      labels[i] = i % 2;
      pixels[4 * i + labels[i]] = (byte) (100 + i);
    }
    return Dataset.of("pairs", Shape.of(1, 2, 2), List.of("a", "b"), pixels, labels);
  }

  public static TrainerBuilder builder() {
    return Trainer.builder(Network.of("two", Shape.of(1, 2, 2), new Flatten(), new Linear(2)))
        .batch(10)
        .optimizer(new Adam(0.01f));
  }

  /** This JVM's program and class path, then a main class and its arguments. */
  public static ProcessBuilder jvm(List<String> options, Class<?> main, String... args) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // starts sooner
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    line.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder;
  }
}
