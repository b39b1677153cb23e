package dev.quern.data;

import java.io.IOException;
import java.util.Optional;

/**
 * A decoder of image files for {@link Image#read(java.nio.file.Path)}, which finds implementations
 * with {@link java.util.ServiceLoader}. The module quern-image provides a reader for PNG, JPEG, GIF
 * and BMP; the module quern-image-formats provides one for WebP and TIFF. Applications may provide
 * further readers. Readers are tried in turn until one supports the format. Implementations must be
 * thread-safe.
 */
public interface ImageReader {
  /**
   * Decodes an image.
   *
   * @param encoded the bytes of a whole file; read-only
   * @param reading the limits. An implementation checks the pixel limit after reading the header,
   *     requests memory with {@link ImageReading#hold} before it decodes pixels, and calls {@link
   *     ImageReading#check} during decoding
   * @return the image; empty if this reader does not support the format
   * @throws IOException if the format is supported, but the file is corrupt or too large; the
   *     message must not contain confidential data
   */
  Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * Decodes a mask for {@link Image#readMask}: palette indices if the file has a palette, otherwise
   * the stored gray values. The default implementation supports no format.
   *
   * @return an image of one channel; empty if this reader does not support the format
   * @throws IOException as in {@link #read}, or if the file has colors and no palette
   */
  default Optional<Image> readMask(byte[] encoded, ImageReading reading) throws IOException {
    return Optional.empty();
  }

  /** Returns the names of the supported formats for messages, such as {@code PNG, JPEG}. */
  String formats();
}
