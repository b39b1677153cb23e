package dev.quern.io.folder;

import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.io.file.FileErrors;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pixels in a file of its own, which goes with it: those of the first pictures, one behind the
 * other. It is read, not mapped: a file that somebody cuts short under a map ends the process, and
 * what was read lately is in the system's memory anyway.
 */
final class FileCache implements PixelCache {
  private final Path file;
  private final RandomAccessFile data;
  private final int each;
  private final boolean[] kept;
  private boolean closed;

  private FileCache(Path file, RandomAccessFile data, int each, int most) {
    this.file = file;
    this.data = data;
    this.each = each;
    kept = new boolean[most];
  }

  /**
   * @throws FileAccessException if there is such a file already, or it cannot be made
   */
  static PixelCache create(Path file, int pictures, int each, long limit) {
    try {
      Files.createFile(file);
      RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw");
      return new FileCache(file, data, each, (int) Math.min(pictures, limit / each));
    } catch (IOException e) {
      throw FileErrors.of("image folder: cache", file, e);
    }
  }

  @Override
  public boolean copy(int picture, ByteBuffer to) {
    if (picture >= kept.length) {
      return false;
    }
    byte[] pixels = new byte[each];
    synchronized (this) {
      if (closed) {
        throw new ClosedException("image folder: it is closed");
      }
      if (!kept[picture]) {
        return false;
      }
      try {
        data.seek((long) picture * each);
        data.readFully(pixels);
      } catch (EOFException e) {
        throw new FileAccessException("image folder: cache: " + file + " was cut short", e);
      } catch (IOException e) {
        throw FileErrors.of("image folder: cache", file, e);
      }
    }
    to.put(pixels);
    return true;
  }

  @Override
  public synchronized void keep(int picture, byte[] pixels) {
    if (picture >= kept.length) {
      return;
    }
    try {
      data.seek((long) picture * each);
      data.write(pixels);
      kept[picture] = true;
    } catch (IOException e) {
      throw FileErrors.of("image folder: cache", file, e);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      data.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw FileErrors.of("image folder: cache", file, e);
    }
  }
}
