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
   * @param mostPixels height times width that is allowed; to be checked before pixels are decoded
   * @return empty if the bytes are of a format that this reader does not know
   * @throws IOException if they are of its format, and broken or too large; the message says why
   */
  Optional<Image> read(byte[] encoded, long mostPixels) throws IOException;

  /**
   * The picture's numbers in place of its colours, for {@link Image#readMask}: palette indices
   * where the file has a palette, else its grey as it is stored. By default no format is known.
   *
   * @return of one channel; empty if the bytes are of a format that this reader does not know
   * @throws IOException as in {@link #read}, or if the file has colours and no palette
   */
  default Optional<Image> readMask(byte[] encoded, long mostPixels) throws IOException {
    return Optional.empty();
  }

  /** The formats, for messages: {@code PNG, JPEG}. */
  String formats();
}
