package dev.quern.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The JVM loads a file for one class loader only. For another one, such as that of a second web
 * application, it loads a copy.
 */
final class LibraryCopies {
  /** So many class loaders of one process may have Quern. */
  private static final int MOST = 100;

  private LibraryCopies() {}

  /** Loads a library. */
  interface Load {
    /**
     * @throws UnsatisfiedLinkError if it cannot be loaded
     */
    void load(Path file) throws IOException;
  }

  /**
   * @return the file, or the copy that was loaded in its place
   * @throws UnsatisfiedLinkError if neither can be loaded
   */
  static Path load(Path file, Load load) throws IOException {
    Path candidate = file;
    for (int i = 1; ; i++) {
      try {
        load.load(candidate);
        return candidate;
      } catch (UnsatisfiedLinkError e) {
        if (i > MOST || !isTaken(e)) {
          throw e;
        }
      }
      candidate = copy(file, i);
    }
  }

  private static boolean isTaken(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (String.valueOf(t.getMessage()).contains("another classloader")) {
        return true;
      }
    }
    return false;
  }

  private static Path copy(Path file, int number) throws IOException {
    Path folder =
        Files.createDirectories(
            CacheFolder.get().resolve("quern-" + Checksum.of(file.toFile()) + "-copy-" + number));
    Path copy = folder.resolve(file.getFileName());
    if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
      Path whole = OwnLibrary.beside(copy);
      Files.copy(file, whole);
      Files.move(whole, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }
}
