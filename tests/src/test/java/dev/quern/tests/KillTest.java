package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.io.FolderLock;
import dev.quern.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed again and again ends in the bits of one that is not. */
class KillTest {
  private static final int KILLS = Suite.FULL ? 20 : 1;

  @TempDir Path folder;
  @TempDir Path uninterrupted;

  @Test
  @Timeout(300)
  void killedAgainAndAgain() throws IOException, InterruptedException {
    Random random = new Random();
    for (int kill = 0; kill < KILLS; kill++) {
      killAfterSomeCheckpoint(random);
      assertThat(folder.resolve("model")).as("kill %d came too late", kill).doesNotExist();
    }
    Map<String, float[]> wanted = finish(uninterrupted);
    finish(folder).forEach((name, w) -> assertThat(w).as(name).isEqualTo(wanted.get(name)));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .as("no temporary file of a killed process is left")
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  /** Runs to the end; the weights of its model. */
  private Map<String, float[]> finish(Path into) throws IOException, InterruptedException {
    ChildJvm.Result last = child(into).run(KillMain.class);
    assertThat(last.status()).as(last.output()).isZero();
    return ModelFile.load(into.resolve("model")).weights();
  }

  /** Starts the run, sees it write, and kills it at a moment that nobody chose. */
  private void killAfterSomeCheckpoint(Random random) throws IOException, InterruptedException {
    Set<String> before = names();
    Process process = child(folder).start(KillMain.class);
    try {
      long end = System.nanoTime() + 60_000_000_000L;
      while (names().equals(before) && process.isAlive() && System.nanoTime() < end) {
        Thread.sleep(1);
      }
      Thread.sleep(random.nextInt(60), random.nextInt(999_999));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(names()).as("the run wrote something").isNotEqualTo(before);
  }

  private static ChildJvm child(Path into) {
    return new ChildJvm().option("-Dquern.kill.folder=" + into);
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> !name.equals(FolderLock.NAME)) // there before anything else is written
          .collect(Collectors.toSet());
    }
  }
}
