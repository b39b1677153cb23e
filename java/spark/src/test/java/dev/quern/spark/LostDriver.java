package dev.quern.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.train.TrainingListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A driver of a cluster, whose process ends in the third of four epochs without a word. */
final class LostDriver {
  private static final int STATUS = 9;

  private LostDriver() {}

  static QuernClassifier classifier(String checkpoints) {
    return Quarters.classifier().setEpochs(4).setLocalSteps(2).setCheckpointDir(checkpoints);
  }

  static Dataset<Row> rows(SparkSession spark) {
    return Quarters.frame(spark, 90, 1, 3);
  }

  public static void main(String[] args) throws IOException {
    classifier(args[0])
        .setListener(inThirdEpoch(() -> Runtime.getRuntime().halt(STATUS)))
        .fit(rows(Cluster.of(2)));
  }

  /** Does something in each step of the third epoch. */
  static TrainingListener inThirdEpoch(Runnable something) {
    return new TrainingListener() {
      @Override
      public void onStep(Step s) {
        if (s.epoch() == 3) {
          something.run();
        }
      }
    };
  }

  /** Starts such a driver, and waits for its end. */
  static void run(String checkpoints, Path log) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--") || option.startsWith("-XX:"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), LostDriver.class.getName(), checkpoints));
    Process driver =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(driver.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
      assertThat(driver.exitValue()).as(Files.readString(log)).isEqualTo(STATUS);
    } finally {
      driver.destroyForcibly();
    }
  }
}
