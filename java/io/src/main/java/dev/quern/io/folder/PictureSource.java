package dev.quern.io.folder;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A source of decoded images, resized to one size and followed by their masks if there are any.
 * Images are read from the cache or, if they are not cached, from the files. Thread-safe.
 */
final class PictureSource implements AutoCloseable {
  private final List<Picture> pictures;
  private final Preprocessing how;
  private final Shape shape;
  private final int threads;
  private final int channels;
  private final PixelCache cache;
  private final @Nullable Masks masks;

  /** The sum of pixel values and the sum of their squares, per image and channel. */
  private final long[] sums;

  private final String[] reasons;

  /**
   * Creates the source.
   *
   * @param how the preprocessing of images to samples, with a size
   * @param cache the cache of pixels and masks, which is closed together with this object
   * @param masks the reader of masks; null for images without masks
   */
  PictureSource(
      List<Picture> pictures,
      Preprocessing how,
      Shape shape,
      int threads,
      PixelCache cache,
      @Nullable Masks masks) {
    this.pictures = pictures;
    this.how = how;
    this.shape = shape;
    this.threads = threads;
    this.cache = cache;
    this.masks = masks;
    channels = (int) shape.dim(0);
    sums = new long[Math.multiplyExact(pictures.size(), 2 * channels)];
    reasons = new String[pictures.size()];
  }

  /**
   * Decodes every image once.
   *
   * @param done called with the number of images decoded so far
   * @return the broken files, in order
   */
  List<Broken> readAll(IntConsumer done) {
    if (!isCacheRight()) {
      cache.rebuild();
    }
    Pass.run(pictures.size(), threads, this::readFirst, done);
    List<Broken> all = new ArrayList<>();
    for (int i = 0; i < reasons.length; i++) {
      if (reasons[i] != null) {
        all.add(new Broken(pictures.get(i).file(), reasons[i]));
      }
    }
    return all;
  }

  /**
   * Returns whether the cache of an earlier run matches the pixels that would be decoded now, since
   * another version or another reader may decode differently. Only the first image of each
   * extension is compared.
   */
  private boolean isCacheRight() {
    Set<String> endings = new HashSet<>();
    for (int i = 0; i < pictures.size(); i++) {
      String name = pictures.get(i).name().toLowerCase(Locale.ROOT);
      String ending = name.substring(name.lastIndexOf('.') + 1);
      byte[] left = endings.contains(ending) ? null : cache.left(i);
      if (left != null) {
        endings.add(ending);
        if (!isDecodedAs(left, i)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isDecodedAs(byte[] left, int index) {
    try {
      return Arrays.equals(left, all(index));
    } catch (FormatException | FileAccessException | NotFoundException e) {
      return false;
    }
  }

  /** Completes a persistent cache, which is then renamed to its final name. */
  void finishCache() {
    cache.finish();
  }

  private void readFirst(int index) {
    byte[] left = cache.left(index);
    if (left != null) {
      sum(index, left);
      return;
    }
    byte[] pixels;
    try {
      pixels = all(index);
    } catch (NotFoundException e) {
      if (Files.exists(pictures.get(index).file())) { // then no reader of images is present
        throw e;
      }
      reasons[index] = "the file does not exist";
      return;
    } catch (FormatException | FileAccessException e) {
      reasons[index] = reason(e.getMessage(), pictures.get(index));
      return;
    }
    sum(index, pixels);
    cache.keep(index, pixels);
  }

  private static String reason(String message, Picture of) {
    String begin = "image: " + of.file() + ": ";
    return message.startsWith(begin) ? message.substring(begin.length()) : message;
  }

  private int imageBytes() {
    return (int) shape.elements();
  }

  /** Decodes an image and its mask, and returns their pixels one after the other. */
  private byte[] all(int index) {
    Image picture = Image.read(pictures.get(index).file());
    byte[] pixels = how.resized(picture, shape).pixels();
    if (masks == null) {
      return pixels;
    }
    byte[] mask = masks.read(pictures.get(index), new Size(picture.height(), picture.width()));
    byte[] all = Arrays.copyOf(pixels, pixels.length + mask.length);
    System.arraycopy(mask, 0, all, pixels.length, mask.length);
    return all;
  }

  private void sum(int index, byte[] pixels) {
    if (masks != null) {
      masks.note(index, pixels, imageBytes());
    }
    int plane = imageBytes() / channels;
    for (int c = 0; c < channels; c++) {
      long sum = 0;
      long squares = 0;
      for (int p = c * plane; p < (c + 1) * plane; p++) {
        int v = pixels[p] & 0xff;
        sum += v;
        squares += v * v;
      }
      sums[2 * (index * channels + c)] = sum;
      sums[2 * (index * channels + c) + 1] = squares;
    }
  }

  boolean isWhole(int index) {
    return reasons[index] == null;
  }

  Shape shape() {
    return shape;
  }

  int threads() {
    return threads;
  }

  void copy(int index, ByteBuffer to) {
    if (masks == null) {
      if (!cache.copy(index, to)) {
        to.put(all(index));
      }
      return;
    }
    byte[] kept = keptOrNull(index);
    to.put(kept == null ? pixels(index) : kept, 0, imageBytes());
  }

  private byte[] pixels(int index) {
    return how.resized(Image.read(pictures.get(index).file()), shape).pixels();
  }

  /** Returns the cached pixels of an image and its mask; null if they are not cached. */
  private byte @Nullable [] keptOrNull(int index) {
    ByteBuffer both = ByteBuffer.allocate(imageBytes() / channels * (channels + 1));
    return cache.copy(index, both) ? both.array() : null;
  }

  /** Returns the shape of masks, {@code [H, W]}; null for images without masks. */
  @Nullable Shape maskShape() {
    return masks == null ? null : masks.shape();
  }

  /** Writes the class of each pixel of an image as floats; only for images with masks. */
  void copyMask(int index, FloatBuffer to) {
    byte[] kept = keptOrNull(index);
    if (kept == null) {
      Masks.put(masks.read(pictures.get(index)), 0, to);
    } else {
      Masks.put(kept, imageBytes(), to);
    }
  }

  /** Returns the normalization of the given images, at least one; all must have been read. */
  Normalization normalization(int[] of) {
    long[] sum = new long[channels];
    long[] squares = new long[channels];
    for (int index : of) {
      for (int c = 0; c < channels; c++) {
        sum[c] += sums[2 * (index * channels + c)];
        squares[c] += sums[2 * (index * channels + c) + 1];
      }
    }
    return Normalization.ofBytes(shape.elements() / channels * of.length, sum, squares);
  }

  @Override
  public void close() {
    cache.close();
  }
}
