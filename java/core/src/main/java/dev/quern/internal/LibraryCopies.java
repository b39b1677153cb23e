package dev.quern.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Loads a library into several class loaders. The JVM loads a file for one class loader only. Every
 * other class loader, such as that of a second web application, loads a copy of the file.
 */
final class LibraryCopies {
  /** Maximum number of copies, and thus of additional class loaders in one process. */
  private static final int MOST = 100;

  private LibraryCopies() {}

  /** Function that loads a library. */
  interface Load {
    /**
     * Loads a file.
     *
     * @throws UnsatisfiedLinkError if the file cannot be loaded
     */
    void load(Path file) throws IOException;
  }

  /**
   * Loads a file or, if another class loader has loaded it, a copy of it.
   *
   * @return the loaded file
   * @throws UnsatisfiedLinkError if neither the file nor a copy can be loaded
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
