package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that does not fit on the disk is a clear error, and the one before stays. */
class FullDiskTest {
  @TempDir Path folder;

  @Test
  void olderCheckpointStays() throws IOException, InterruptedException {
    assumeThat(Path.of("/bin/bash")).exists();
    // the system refuses to let a file grow, as it does when the disk is full
    ChildJvm.Result r =
        new ChildJvm()
            .option("-Dquern.kill.folder=" + folder)
            .prefix("/bin/bash", "-c", "ulimit -f 4000; exec \"$@\"", "bash")
            .run(FullDiskMain.class);
    assertThat(r.status()).as(r.output()).isZero();
    assertThat(r.output().lines().toList().get(0))
        .startsWith("FileAccessException safetensors: ")
        .contains("checkpoint-000000004", "File too large");
    assertThat(r.output()).contains("found steps 0");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("checkpoint-000000000.safetensors"));
    }
  }
}
