package dev.quern.fuzz.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Programs of the system, and files. */
final class Tools {
  private static final int PATIENCE_SECONDS = 60;
  private static final int ATTEMPTS = 200;
  private static final long PAUSE_NANOS = 20_000_000;

  private Tools() {}

  /** Whether it can be called, and succeeds. */
  static boolean succeeds(String... words) {
    try {
      Process p =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!p.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        p.destroyForcibly();
        return false;
      }
      return p.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static void run(String... words) throws IOException {
    if (!succeeds(words)) {
      throw new IOException(String.join(" ", words) + " fails");
    }
  }

  /** Deletes what is there, though others may be writing to it. */
  static void delete(Path path) throws IOException {
    IOException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      try (Stream<Path> all = Files.walk(path)) {
        for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(p);
        }
      } catch (IOException | UncheckedIOException e) {
        last = new IOException(path + " cannot be deleted", e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    if (last != null) {
      throw last;
    }
  }

  /** Copies a folder with its files' times. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path p : all.toList()) {
        Files.copy(
            p,
            to.resolve(from.relativize(p).toString()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** The names of a folder's files; none where there is no folder. */
  static List<String> names(Path folder) {
    String[] names = folder.toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
