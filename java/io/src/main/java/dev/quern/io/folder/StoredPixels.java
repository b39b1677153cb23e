package dev.quern.io.folder;

import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.io.file.FileErrors;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A cache that stores the pixels of the first images in a file. The file is not memory-mapped,
 * because truncation of a mapped file would crash the process; recently read data is in the
 * system's page cache anyway.
 */
abstract class StoredPixels implements PixelCache {
  static final String OP = "image folder: cache";

  final Path file;
  final int each;
  final boolean[] kept;

  /** The open cache file; set before the first image is cached or read. */
  RandomAccessFile data;

  private boolean closed;

  StoredPixels(Path file, int each, int most) {
    this.file = file;
    this.each = each;
    kept = new boolean[most];
  }

  /** Returns the byte position of an image's pixels in the file. */
  abstract long begin(int picture);

  abstract void closeData() throws IOException;

  final boolean has(int picture) {
    return picture < kept.length && kept[picture];
  }

  @Override
  public final boolean copy(int picture, ByteBuffer to) {
    byte[] pixels;
    synchronized (this) {
      if (!has(picture)) {
        return false;
      }
      pixels = read(picture);
    }
    to.put(pixels);
    return true;
  }

  final byte[] read(int picture) {
    if (closed) {
      throw new ClosedException("image folder: it is closed");
    }
    byte[] pixels = new byte[each];
    try {
      data.seek(begin(picture));
      data.readFully(pixels);
      return pixels;
    } catch (EOFException e) {
      throw new FileAccessException(OP + ": " + file + " is truncated", e);
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }

  final void write(int picture, byte[] pixels) {
    try {
      data.seek(begin(picture));
      data.write(pixels);
      kept[picture] = true;
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }

  @Override
  public final synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      closeData();
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }
}
