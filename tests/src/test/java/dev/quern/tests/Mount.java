package dev.quern.tests;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, for as long as a test takes. */
final class Mount implements AutoCloseable {
  private final Path folder;

  /** Skips the test where mounting is not allowed. */
  Mount(Path folder, String options) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    assumeThat(run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString()))
        .as("only root may mount")
        .isZero();
  }

  Path folder() {
    return folder;
  }

  void change(String options) throws IOException, InterruptedException {
    if (run("mount", "-o", "remount," + options, folder.toString()) != 0) {
      throw new AssertionError("cannot remount " + folder);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("umount", folder.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int run(String... words) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // no such command
    }
  }
}
