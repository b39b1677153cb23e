package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An image in memory: unsigned bytes in C, H, W order, one gray channel or three RGB channels.
 * {@link Preprocessing} converts it to a network's input. Immutable and thread-safe.
 *
 * <pre>{@code
 * Image image = Image.read(Path.of("cat.jpg"));
 * }</pre>
 *
 * The {@code read} methods need an {@link ImageReader}: the module quern-image decodes PNG, JPEG,
 * GIF and BMP; the module quern-image-formats decodes WebP and TIFF. An image of more than {@link
 * #MOST_PIXELS} pixels is rejected before it is decoded; {@link ImageLimits} describes all limits.
 */
public final class Image {
  /**
   * Maximum number of pixels, height times width, of an image to read: 100 million, 300 MB as RGB.
   */
  public static final long MOST_PIXELS = 100_000_000;

  private final Shape shape;
  private final byte[] pixels;

  private Image(Shape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  /**
   * Creates an image from pixels, which are copied.
   *
   * @param shape {@code [1, H, W]} or {@code [3, H, W]}
   * @param pixels unsigned bytes in C, H, W order
   * @throws ShapeException if the shape is not {@code [1, H, W]} or {@code [3, H, W]}, or does not
   *     match the number of bytes
   */
  public static Image of(Shape shape, byte[] pixels) {
    requireFit(shape, pixels);
    return new Image(shape, copy(pixels));
  }

  /**
   * Creates an image as {@link #of} does, but without copying the pixels, so the array must not be
   * modified afterwards. For use by an {@link ImageReader}.
   */
  public static Image owning(Shape shape, byte[] pixels) {
    requireFit(shape, pixels);
    return new Image(shape, pixels);
  }

  private static void requireFit(Shape shape, byte[] pixels) {
    Require.present("image", "shape", shape);
    if (shape.rank() != 3 || shape.isFree() || shape.elements() == 0 || !isColor(shape.dim(0))) {
      throw new ShapeException(
          "image: shape " + shape + " must be 1xHxW or 3xHxW with H and W of at least 1");
    }
    if (Require.present("image", "pixels", pixels).length != shape.elements()) {
      throw new ShapeException(
          "image: the array pixels has "
              + pixels.length
              + " bytes, but shape "
              + shape
              + " requires "
              + shape.elements());
    }
  }

  private static boolean isColor(long channels) {
    return channels == 1 || channels == 3;
  }

  private static byte[] copy(byte[] from) {
    byte[] to = Heap.bytes("image", from.length);
    System.arraycopy(from, 0, to, 0, from.length);
    return to;
  }

  /**
   * Reads the image in a file.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist, or no module that reads
   *     images is present
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws dev.quern.error.FormatException if the file is not an image, is corrupt, or is too
   *     large
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   * @throws dev.quern.error.TimeLimitException if decoding takes longer than 2 minutes
   */
  public static Image read(Path file) {
    return ImageFile.read(Require.present("image", "file", file));
  }

  /**
   * Reads an image from a stream as {@link #read(Path)} does from a file; the stream is read to its
   * end and stays open.
   *
   * @throws dev.quern.error.FileAccessException if the stream fails
   */
  public static Image read(InputStream in) {
    return ImageFile.read(Require.present("image", "stream", in));
  }

  /**
   * Reads an image from a file's bytes as {@link #read(Path)} does; the array must not be modified
   * during the call.
   */
  public static Image read(byte[] encoded) {
    return read(encoded, ImageReading.within(ImageLimits.standard()));
  }

  /**
   * Reads an image from an untrusted source as {@link #read(byte[])} does, with limits for pixels,
   * memory and time. The decoding can be canceled.
   *
   * @throws dev.quern.error.MemoryLimitException if decoding takes more memory than allowed
   * @throws java.util.concurrent.CancellationException if {@link ImageReading#cancel} was called
   */
  public static Image read(byte[] encoded, ImageReading reading) {
    Require.present("image", "bytes", encoded);
    return ImageFile.decode(encoded, Require.present("image", "reading", reading));
  }

  /**
   * Reads a mask: an image file with the class of each pixel instead of colors. The classes are the
   * palette indices if the file has a palette, otherwise the gray values. The file must be a PNG
   * with a palette or gray values of at most 8 bits.
   *
   * @return an image of one channel
   * @throws dev.quern.error.FormatException if the file has another format, is corrupt, or is too
   *     large; other exceptions as in {@link #read(Path)}
   */
  public static Image readMask(Path file) {
    return ImageFile.readMask(Require.present("image", "file", file));
  }

  /** Returns the shape {@code [C, H, W]}, where C is 1 or 3. */
  public Shape shape() {
    return shape;
  }

  /** Returns the number of channels: 1 for gray, 3 for RGB. */
  public int channels() {
    return (int) shape.dim(0);
  }

  public int height() {
    return (int) shape.dim(1);
  }

  public int width() {
    return (int) shape.dim(2);
  }

  /** Returns a copy of the pixels: unsigned bytes in C, H, W order. */
  public byte[] pixels() {
    return copy(pixels);
  }

  /** Returns the value, 0 to 255, of channel c at row y and column x. */
  public int get(int c, int y, int x) {
    requireIndex("channel", c, channels());
    requireIndex("row", y, height());
    requireIndex("column", x, width());
    return pixels[(c * height() + y) * width() + x] & 0xff;
  }

  private static void requireIndex(String what, int index, int size) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          "image: " + what + " " + index + " is outside [0, " + size + ")");
    }
  }

  /** Returns the pixel array itself rather than a copy; callers must not modify it. */
  byte[] owned() {
    return pixels;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Image i && shape.equals(i.shape) && Arrays.equals(pixels, i.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(pixels);
  }

  /** Returns the shape as text, for example {@code Image 3x480x640}. */
  @Override
  public String toString() {
    return "Image " + shape;
  }
}
