package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import java.io.IOException;

/** An image file format. Its {@code toString} is its name in messages. */
public interface FileFormat {
  /** Whether a file begins as those of this format do. */
  boolean begins(byte[] encoded);

  /**
   * Decodes the image, or the first of several.
   *
   * @param reading its limits and account of memory
   * @throws IOException if the file is broken or too large
   */
  Image read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * The numbers of its pixels, as {@link dev.quern.data.Image#readMask} has them; of most formats
   * none, as they change them.
   *
   * @throws IOException if the file has none, is broken or is too large
   */
  default Image readMask(byte[] encoded, ImageReading reading) throws IOException {
    throw new NoMaskException("a mask must be a PNG file, not " + this);
  }
}
