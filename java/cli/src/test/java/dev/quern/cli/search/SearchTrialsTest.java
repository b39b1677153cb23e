package dev.quern.cli.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.cli.Cli;
import dev.quern.cli.ProcessTest;
import dev.quern.cli.Samples;
import dev.quern.cli.ShapeFiles;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the trials of {@code quern search} leave open, and where they may differ. */
class SearchTrialsTest {
  private static final Path OPEN = Path.of("/proc/self/fd");

  @TempDir Path dir;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  /** A search of a hundred trials would have the pictures of all of them in memory. */
  @Test
  void aTrialClosesItsData() throws IOException {
    assumeThat(OPEN).isDirectory();
    Path shapes = ShapeFiles.write(dir.resolve("shapes"), 60, 1);
    Path net = Samples.network(dir.resolve("net.json"), "[3, 24, 24]", 3);
    Path cache = dir.resolve("pixels");
    Path config =
        write(
            "base.json",
            """
            {"data": "%s", "net": "%s", "resize": "fit", "epochs": 1, "validation": 10,
             "cache-file": "%s"}
            """
                .formatted(shapes, net, cache));
    Path space = write("space.json", "{\"lr\": [0.001, 0.002]}");
    Path out = dir.resolve("out");
    Cli.run("search", "--config", config, "--space", space, "--out", out).succeeds();
    assertThat(cache).exists();
    assertThat(open()).doesNotContain(cache);
  }

  private static List<Path> open() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(OPEN)) {
      for (Path f : files.toList()) {
        try {
          all.add(Files.readSymbolicLink(f));
        } catch (NoSuchFileException e) {
          // that of the list itself
        }
      }
    }
    return all;
  }

  /** Rounds go by one number of epochs; a recipe, or a model to begin with, has its own. */
  @Test
  void halvingNeedsTheSameEpochsInAllTrials() throws IOException {
    Path config = write("base.json", "{\"data\": \"cifar10\", \"net\": \"resnet20\"}");
    Path space = write("space.json", "{\"recipe\": [true, false]}");
    Object[] line = {
      "search", "--config", config, "--space", space, "--method", "halving", "--reduction", 2
    };
    Cli.run(line).isRefused("--method halving: trial 1 has", "epochs and trial 2 has", "in --conf");
  }

  @Test
  @Timeout(120)
  void aStoppedSearchSaysWhere() throws IOException, InterruptedException {
    SmallTraining small = SmallTraining.in(dir, 3000, 10);
    Path config =
        write(
            "base.json",
            """
            {"data": "mnist", "data-dir": "%s", "net": "%s", "epochs": 200, "batch": 8,
             "validation": 40}
            """
                .formatted(small.data(), small.net()));
    Path space = write("space.json", "{\"lr\": [0.01, 0.02]}");
    Path out = dir.resolve("out");
    Process p =
        ProcessTest.quern("search", "--config", config, "--space", space, "--out", out).start();
    Path history = out.resolve("trial-001/history.csv");
    while (p.isAlive() && (!Files.exists(history) || Files.readAllLines(history).size() < 3)) {
      Thread.sleep(50);
    }
    p.toHandle().destroy(); // which leaves the streams open
    List<String> lines = p.inputReader().lines().toList();
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lines)
        .last()
        .isEqualTo("search stopped in trial 1 of 2; the same command resumes it");
    assertThat(p.exitValue()).isEqualTo(143);
  }
}
