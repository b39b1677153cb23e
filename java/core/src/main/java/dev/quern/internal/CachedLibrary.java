package dev.quern.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quern.error.NativeException;
import dev.quern.internal.messages.FileReason;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/**
 * Extracts OpenBLAS's libraries once from their jar to JavaCPP's cache folder, and verifies them.
 * JavaCPP considers an extracted file valid if name, size and time match. These checks are not
 * sufficient: after a power failure or on a bad disk, a file may contain zeros, which crash the
 * process.
 *
 * <p>Therefore every start compares the whole file with the jar's checksum (37 MB in 6 ms from the
 * page cache), and extracts the file again if the checksum differs.
 */
final class CachedLibrary {
  private CachedLibrary() {}

  /** Returns the extracted file, whose bytes equal those on the class path. */
  static Path of(URL url) throws IOException {
    File copy = extract(url);
    Checksum checksum = Checksum.of(url);
    if (!checksum.isOf(copy)) {
      drop(copy, checksum);
      copy = extract(url);
      require(checksum.isOf(copy), copy + " still differs from its source " + url);
    }
    return copy.toPath();
  }

  private static File extract(URL url) throws IOException {
    File file = Loader.cacheResource(url);
    require(file != null, url + " cannot be extracted to JavaCPP's cache folder");
    return file;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new NativeException(LibraryFiles.THEIRS + ": " + otherwise);
    }
  }

  /**
   * Deletes a file if it still differs from the jar's file while this process holds JavaCPP's lock.
   * Without the lock, the difference may only mean that another process is still extracting the
   * file.
   */
  private static void drop(File copy, Checksum checksum) {
    // the two locks of JavaCPP's extraction: one for threads, one for processes
    synchronized (Runtime.getRuntime()) {
      try (FileChannel channel = FileChannel.open(lock(), CREATE, WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !checksum.isOf(copy)) {
          Files.deleteIfExists(copy.toPath());
        }
      } catch (IOException e) {
        throw new NativeException(
            LibraryFiles.THEIRS
                + ": "
                + copy
                + " is damaged, remove it; it cannot be replaced: "
                + FileReason.of(e),
            e);
      }
    }
  }

  private static Path lock() throws IOException {
    return CacheFolder.get().resolve(".lock");
  }
}
