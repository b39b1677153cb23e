package dev.quern.io.folder;

import dev.quern.data.Preprocessing;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps decoded pixels within a limit. Safe for threads. */
interface PixelCache extends AutoCloseable {
  /** Writes the pixels of a picture to a buffer; false if they are not kept. */
  boolean copy(int picture, ByteBuffer to);

  /** Keeps the pixels of a picture where there is room; they are not to be changed afterwards. */
  void keep(int picture, byte[] pixels);

  /** The pixels of a picture that an earlier run left; null if they are not there, or damaged. */
  default byte @Nullable [] left(int picture) {
    return null;
  }

  /** Forgets what an earlier run left. */
  default void rebuild() {}

  /** Tells that all pictures were read once. */
  default void finish() {}

  @Override
  void close();

  /**
   * As the options say it.
   *
   * @param how pictures become samples
   * @param each bytes of a picture, its mask's among them
   * @param classes of masks; 0 where nobody says
   */
  static PixelCache of(
      FolderOptions options, List<Picture> pictures, Preprocessing how, int each, int classes) {
    long limit = options.cacheBytes();
    if (options.cacheFile == null) {
      return inMemory(pictures.size(), each, limit);
    }
    return options.keepsCache
        ? KeptCache.open(
            options.cacheFile,
            CacheKey.of(pictures, how, limit, classes),
            pictures.size(),
            each,
            limit)
        : FileCache.create(options.cacheFile, pictures.size(), each, limit);
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
