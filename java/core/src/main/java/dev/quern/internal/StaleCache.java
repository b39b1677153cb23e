package dev.quern.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.bytedeco.javacpp.Loader;

/**
 * JavaCPP extracts a library once, and takes the file for the same as long as name, size and time
 * are. Our jars are reproducible, so that the times of all builds are one, and sizes are rounded:
 * the file of another build of the same version would be loaded, whose functions need not be ours.
 */
final class StaleCache {
  private StaleCache() {}

  /** Deletes the extracted copy of our library if it is not the one on the class path. */
  static void drop() {
    String name = "dev/quern/" + Loader.getPlatform() + "/" + System.mapLibraryName("jniquern");
    URL url = StaleCache.class.getClassLoader().getResource(name);
    try {
      if (url != null && url.openConnection() instanceof JarURLConnection jar) {
        JarEntry entry = jar.getJarEntry();
        File folder =
            new File(Loader.getCacheDir(), new File(jar.getJarFile().getName()).getName());
        File copy = new File(folder, entry.getName());
        if (isOther(copy, entry)) {
          dropLocked(copy, entry);
        }
      }
    } catch (IOException e) {
      // an unreadable jar or a copy in use: loading says what is wrong
    }
  }

  /** What looks like another build may be ours, which another process is just extracting. */
  private static void dropLocked(File copy, JarEntry entry) throws IOException {
    Path lock = Loader.getCacheDir().toPath().resolve(".lock");
    // both as JavaCPP does when it extracts: one for threads, one for processes
    synchronized (Runtime.getRuntime()) {
      try (FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && isOther(copy, entry)) {
          Files.delete(copy.toPath());
        }
      }
    }
  }

  private static boolean isOther(File copy, JarEntry entry) throws IOException {
    return copy.isFile() && crc(copy) != entry.getCrc();
  }

  private static long crc(File file) throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(new FileInputStream(file), crc)) {
      in.transferTo(OutputStream.nullOutputStream()); // the heap may be as small as the library
    }
    return crc.getValue();
  }
}
