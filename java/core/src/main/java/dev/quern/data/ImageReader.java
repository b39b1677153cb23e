package dev.quern.data;

import java.io.IOException;
import java.util.Optional;

/**
 * A reader of encoded images for {@link Image#read(java.nio.file.Path)}: a service that {@link
 * java.util.ServiceLoader} finds. The module quern-image provides one for PNG, JPEG, GIF and BMP,
 * quern-image-formats one for WebP and TIFF. An application may provide others, which are tried in
 * turn. Implementations must be thread-safe.
 */
public interface ImageReader {
  /**
   * Decodes an image.
   *
   * @param encoded the bytes of a whole file; read-only
   * @param reading the limits: of pixels, to be checked by the header alone; of memory, to be
   *     requested with {@link ImageReading#hold} before pixels are decoded; of time, to be checked
   *     with {@link ImageReading#check} during decoding
   * @return the image; empty if this reader does not support the format
   * @throws IOException if the format is supported, but the file is corrupt or too large; the
   *     message must not contain anything confidential
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

  /** Returns the formats, for messages: {@code PNG, JPEG}. */
  String formats();
}
