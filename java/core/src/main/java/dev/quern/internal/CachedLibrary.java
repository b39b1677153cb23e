package dev.quern.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quern.error.NativeException;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/**
 * An OpenBLAS library, which JavaCPP extracts once from its jar to the user's cache folder and
 * considers valid if name, size and time match. That is not enough: after a power failure or on a
 * bad disk a file may contain zeros, which crash the process.
 *
 * <p>So every start compares the whole file with the jar's checksum, OpenBLAS's 37 MB in 6 ms from
 * the system's page cache, and extracts a file that differs again. Any change since the extraction
 * is detected.
 */
final class CachedLibrary {
  private CachedLibrary() {}

  /** The extracted copy, with the bytes that the class path has. */
  static Path of(URL url) throws IOException {
    File copy = extract(url);
    Checksum checksum = Checksum.of(url);
    if (!checksum.isOf(copy)) {
      drop(copy, checksum);
      copy = extract(url);
      require(checksum.isOf(copy), copy + " differs from " + url + " when extracted again");
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
   * Deletes a file that differs. A file that seems to differ may be the right one while another
   * process is extracting it.
   */
  private static void drop(File copy, Checksum checksum) {
    // both as JavaCPP does when it extracts: one for threads, one for processes
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
                + " is damaged and cannot be replaced, remove it: "
                + e,
            e);
      }
    }
  }

  private static Path lock() throws IOException {
    return CacheFolder.get().resolve(".lock");
  }
}
