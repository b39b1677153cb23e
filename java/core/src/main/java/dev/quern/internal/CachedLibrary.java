package dev.quern.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quern.error.NativeException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.Loader;

/**
 * A library that JavaCPP extracts once from its jar to a folder of the user's, and takes for the
 * same as long as name, size and time are. That is not enough: our jars are reproducible, so that
 * the times of all builds are one; and after a power cut or on a bad disk a file may be all there
 * but for zeros in its middle, which kill the process that runs them.
 *
 * <p>So every start compares the whole file with the jar's checksum, OpenBLAS's 37 MB in 6 ms from
 * the system's file cache, and has a file that differs extracted again. Whatever changed since the
 * extraction is found. A library in a plain folder has no checksum, and is taken as it is.
 */
final class CachedLibrary {
  private CachedLibrary() {}

  /**
   * The extracted copy, with the bytes that the class path has.
   *
   * @param what begins the message
   * @throws NativeException if there is none and none can be made
   */
  static File of(String what, URL url) {
    try {
      File copy = extract(what, url);
      if (url.openConnection() instanceof JarURLConnection jar) {
        JarEntry entry = jar.getJarEntry();
        if (!isSame(copy, entry)) {
          drop(what, copy, entry);
          copy = extract(what, url);
          require(
              isSame(copy, entry), what, copy + " differs from " + url + " when extracted anew");
        }
      }
      return copy;
    } catch (IOException e) {
      throw new NativeException(what + ": " + url + " cannot be extracted: " + e, e);
    }
  }

  private static File extract(String what, URL url) throws IOException {
    File file = Loader.cacheResource(url);
    require(file != null, what, url + " cannot be extracted to JavaCPP's cache folder");
    return file;
  }

  private static void require(boolean condition, String what, String otherwise) {
    if (!condition) {
      throw new NativeException(what + ": " + otherwise);
    }
  }

  /** What looks like another may be the right one, which another process is just extracting. */
  private static void drop(String what, File copy, JarEntry entry) {
    // both as JavaCPP does when it extracts: one for threads, one for processes
    synchronized (Runtime.getRuntime()) {
      try (FileChannel channel = FileChannel.open(lock(), CREATE, WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !isSame(copy, entry)) {
          Files.deleteIfExists(copy.toPath());
        }
      } catch (IOException e) {
        throw new NativeException(
            what + ": " + copy + " is damaged and cannot be replaced, remove it: " + e, e);
      }
    }
  }

  private static Path lock() throws IOException {
    return Loader.getCacheDir().toPath().resolve(".lock");
  }

  private static boolean isSame(File copy, JarEntry entry) throws IOException {
    return copy.isFile() && copy.length() == entry.getSize() && crc(copy) == entry.getCrc();
  }

  private static long crc(File file) throws IOException {
    CRC32 crc = new CRC32();
    byte[] piece = new byte[1 << 16]; // the heap may be as small as the library
    try (InputStream in = new FileInputStream(file)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        crc.update(piece, 0, n);
      }
    }
    return crc.getValue();
  }
}
