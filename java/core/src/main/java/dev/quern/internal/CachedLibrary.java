package dev.quern.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quern.error.NativeException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * The extracted copy, with the bytes that the class path has; a file in a plain folder itself.
   *
   * @param what begins the message
   * @throws NativeException if there is none and none can be made
   */
  static Path of(String what, URL url) {
    try {
      if (url.getProtocol().equals("file")) {
        return Path.of(url.toURI());
      }
      File copy = extract(what, url);
      Checksum checksum = Checksum.of(url);
      if (!checksum.isOf(copy)) {
        drop(what, copy, checksum);
        copy = extract(what, url);
        require(checksum.isOf(copy), what, copy + " differs from " + url + " when extracted anew");
      }
      return copy.toPath();
    } catch (IOException e) {
      throw LoadFailure.extracting(what, url.toString(), e);
    } catch (URISyntaxException e) {
      throw new NativeException(what + ": " + url + " is no file's address", e);
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
  private static void drop(String what, File copy, Checksum checksum) {
    // both as JavaCPP does when it extracts: one for threads, one for processes
    synchronized (Runtime.getRuntime()) {
      try (FileChannel channel = FileChannel.open(lock(), CREATE, WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !checksum.isOf(copy)) {
          Files.deleteIfExists(copy.toPath());
        }
      } catch (IOException e) {
        throw new NativeException(
            what + ": " + copy + " is damaged and cannot be replaced, remove it: " + e, e);
      }
    }
  }

  private static Path lock() throws IOException {
    return CacheFolder.get().resolve(".lock");
  }

  private record Checksum(long size, long crc) {
    /** A jar knows it; of a resource elsewhere, as in an image of jlink, it is computed. */
    static Checksum of(URL url) throws IOException {
      URLConnection connection = url.openConnection();
      if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() >= 0) {
        return new Checksum(jar.getJarEntry().getSize(), jar.getJarEntry().getCrc());
      }
      try (InputStream in = connection.getInputStream()) {
        return of(in);
      }
    }

    private static Checksum of(InputStream in) throws IOException {
      CRC32 crc = new CRC32();
      long size = 0;
      byte[] piece = new byte[1 << 16]; // the heap may be as small as the library
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        crc.update(piece, 0, n);
        size += n;
      }
      return new Checksum(size, crc.getValue());
    }

    boolean isOf(File file) throws IOException {
      if (!file.isFile() || file.length() != size) {
        return false;
      }
      try (InputStream in = new FileInputStream(file)) {
        return of(in).crc == crc;
      }
    }
  }
}
