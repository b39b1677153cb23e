package dev.quern.data;

import java.io.IOException;
import java.util.Optional;

/**
 * Reader of encoded images, for {@link Image#read(java.nio.file.Path)}: a service that {@link
 * java.util.ServiceLoader} finds. The module quern-image has one for PNG, JPEG, GIF and BMP, and
 * quern-image-formats one for WebP and TIFF. An application may provide others, which are tried in
 * turn. Implementations must be thread-safe.
 */
public interface ImageReader {
  /**
   * Decodes an image.
   *
   * @param encoded a whole file's bytes, must not be changed
   * @param reading the limits: of pixels, to be checked by the header alone; of memory, to be
   *     requested with {@link ImageReading#hold} before pixels are decoded; of time, to be checked
   *     with {@link ImageReading#check} during decoding
   * @return empty if the format is not supported by this reader
   * @throws IOException if the bytes are of a supported format but broken or too large; the message
   *     must be suitable for untrusted readers
   */
  Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * Decodes a mask for {@link Image#readMask}: palette indices if the file has a palette, otherwise
   * the stored grey values. By default no format is supported.
   *
   * @return an image of one channel; empty if the format is not supported by this reader
   * @throws IOException as in {@link #read}, or if the file has colors and no palette
   */
  default Optional<Image> readMask(byte[] encoded, ImageReading reading) throws IOException {
    return Optional.empty();
  }

  /** The formats, for messages: {@code PNG, JPEG}. */
  String formats();
}
