package dev.quern.io.folder;

import dev.quern.error.FileAccessException;
import dev.quern.io.file.FileErrors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pixel cache in a temporary file, which is deleted when the cache is closed. */
final class FileCache extends StoredPixels {
  private FileCache(Path file, RandomAccessFile data, int each, int most) {
    super(file, each, most);
    this.data = data;
  }

  /**
   * Creates the cache file.
   *
   * @throws FileAccessException if the file exists already, or cannot be created
   */
  static PixelCache create(Path file, int pictures, int each, long limit) {
    try {
      Files.createFile(file);
      RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw");
      return new FileCache(file, data, each, (int) Math.min(pictures, limit / each));
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }

  @Override
  long begin(int picture) {
    return (long) picture * each;
  }

  @Override
  public synchronized void keep(int picture, byte[] pixels) {
    if (picture < kept.length) {
      write(picture, pixels);
    }
  }

  @Override
  void closeData() throws IOException {
    data.close();
    Files.deleteIfExists(file);
  }
}
