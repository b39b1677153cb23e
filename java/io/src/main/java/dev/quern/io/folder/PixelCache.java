package dev.quern.io.folder;

import dev.quern.data.Preprocessing;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cache of decoded pixels with a limited size. Thread-safe. */
interface PixelCache extends AutoCloseable {
  /** Copies the cached pixels of an image to a buffer; returns false if they are not cached. */
  boolean copy(int picture, ByteBuffer to);

  /** Caches the pixels of an image if there is space; the array must not be changed afterwards. */
  void keep(int picture, byte[] pixels);

  /**
   * Returns the pixels of an image that an earlier run has cached; null if they are missing or
   * damaged.
   */
  default byte @Nullable [] left(int picture) {
    return null;
  }

  /** Discards the content that an earlier run has cached. */
  default void rebuild() {}

  /** Called after all images have been read once. */
  default void finish() {}

  @Override
  void close();

  /**
   * Creates the kind of cache that the options select.
   *
   * @param how the preprocessing of images to samples
   * @param each the size of an image in bytes, including its mask
   * @param classes the number of classes of masks; 0 if it is not known
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

  /** Creates a cache in the heap for the first images, as many as fit into the limit. */
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
