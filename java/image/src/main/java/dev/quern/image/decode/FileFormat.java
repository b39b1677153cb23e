package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import java.io.IOException;

/** An image file format. Its {@code toString} is its name in messages. */
public interface FileFormat {
  /** Returns whether a file begins with this format's signature. */
  boolean begins(byte[] encoded);

  /**
   * Decodes the image, or the first of several.
   *
   * @param reading the limits, and the account of memory
   * @throws IOException if the file is corrupt or too large
   */
  Image read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * Decodes a mask as {@link dev.quern.data.Image#readMask} describes; the default rejects the
   * format, since most formats do not store pixel values exactly.
   *
   * @throws IOException if the format does not support masks, or the file is corrupt or too large
   */
  default Image readMask(byte[] encoded, ImageReading reading) throws IOException {
    throw new NoMaskException("a mask must be a PNG file, found " + this);
  }
}
