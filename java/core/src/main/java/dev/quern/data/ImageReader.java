package dev.quern.data;

import java.io.IOException;
import java.util.Optional;

/**
 * Reads encoded pictures, for {@link Image#read(java.nio.file.Path)}: a service that {@link
 * java.util.ServiceLoader} finds. The module quern-image has one for PNG, JPEG, GIF and BMP, and
 * quern-image-formats one for WebP and TIFF. An application may bring others, which are asked in
 * turn. Safe for threads.
 */
public interface ImageReader {
  /**
   * The picture.
   *
   * @param encoded a whole file's bytes, not to be changed
   * @param reading its limits: of pixels, to be checked by the header alone; of memory, to be asked
   *     for by {@link ImageReading#hold} before pixels are decoded; of time, to be looked at by
   *     {@link ImageReading#check} while they are
   * @return empty if the bytes are of a format that this reader does not know
   * @throws IOException if they are of its format, and broken or too large; the message says why,
   *     in words that a stranger may read
   */
  Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * The picture's numbers in place of its colours, for {@link Image#readMask}: palette indices
   * where the file has a palette, else its grey as it is stored. By default no format is known.
   *
   * @return of one channel; empty if the bytes are of a format that this reader does not know
   * @throws IOException as in {@link #read}, or if the file has colours and no palette
   */
  default Optional<Image> readMask(byte[] encoded, ImageReading reading) throws IOException {
    return Optional.empty();
  }

  /** The formats, for messages: {@code PNG, JPEG}. */
  String formats();
}
