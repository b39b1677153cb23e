package dev.quern.internal;

import dev.quern.error.NativeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Extracts the native library once, to a subfolder of the cache folder; the subfolder is named
 * after the library's checksum. Different builds are therefore extracted to different files:
 * overwriting a mapped library would crash the process that uses it. A file is written under a
 * temporary name and then moved, so that no process reads an incomplete file. Every start compares
 * the whole file with the jar's checksum, as in {@link CachedLibrary}.
 */
final class OwnLibrary {
  private OwnLibrary() {}

  /** Returns the extracted file, whose bytes equal those on the class path. */
  static Path of(URL url) throws IOException {
    Checksum checksum = Checksum.of(url);
    Path folder = Files.createDirectories(CacheFolder.get().resolve("quern-" + checksum));
    Path file = folder.resolve(url.getPath().substring(url.getPath().lastIndexOf('/') + 1));
    if (!checksum.isOf(file.toFile())) {
      extract(url, checksum, file);
    }
    return file;
  }

  private static void extract(URL url, Checksum checksum, Path file) throws IOException {
    Path whole = beside(file);
    try {
      try (InputStream in = url.openStream()) {
        Files.copy(in, whole);
      }
      if (!checksum.isOf(whole.toFile())) {
        throw new NativeException(
            LibraryFiles.OURS + ": " + whole + " differs from its source " + url);
      }
      replace(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /**
   * Returns a unique temporary file name in the file's folder. The JDK's temporary files are
   * accessible to one user only, but several users may share the folder.
   */
  static Path beside(Path file) {
    String own = ProcessHandle.current().pid() + "-" + System.nanoTime();
    return file.resolveSibling(file.getFileName() + "." + own + ".tmp");
  }

  private static void replace(Path whole, Path file) {
    try {
      if (Files.isDirectory(file)) {
        Files.delete(file);
      }
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new NativeException(
          LibraryFiles.OURS + ": " + file + " is damaged, remove it; it cannot be replaced: " + e,
          e);
    }
  }
}
