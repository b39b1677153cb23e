package dev.quern.io.folder;

import java.nio.ByteBuffer;

/** Keeps decoded pixels within a limit. Safe for threads. */
interface PixelCache extends AutoCloseable {
  /** Writes the pixels of a picture to a buffer; false if they are not kept. */
  boolean copy(int picture, ByteBuffer to);

  /** Keeps the pixels of a picture where there is room; they are not to be changed afterwards. */
  void keep(int picture, byte[] pixels);

  @Override
  void close();

  /** As the options say it. */
  static PixelCache of(FolderOptions options, int pictures, int each) {
    return options.cacheFile == null
        ? inMemory(pictures, each, options.cacheBytes())
        : FileCache.create(options.cacheFile, pictures, each, options.cacheBytes());
  }

  /** In the heap: those of the first pictures, as many as the limit has room for. */
  static PixelCache inMemory(int pictures, int each, long limit) {
    byte[][] kept = new byte[(int) Math.min(pictures, limit / each)][];
    return new PixelCache() {
      @Override
      public boolean copy(int picture, ByteBuffer to) {
        byte[] pixels = picture < kept.length ? kept[picture] : null;
        if (pixels != null) {
          to.put(pixels);
        }
        return pixels != null;
      }

      @Override
      public void keep(int picture, byte[] pixels) {
        if (picture < kept.length) {
          kept[picture] = pixels;
        }
      }

      @Override
      public void close() {}
    };
  }
}
