package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import java.io.IOException;

/** An image file format. {@code toString} returns the name for messages. */
public interface FileFormat {
  /** Returns whether the bytes begin with this format's signature. */
  boolean begins(byte[] encoded);

  /**
   * Decodes the only or first image of a file.
   *
   * @param reading the limits on pixels, memory and time
   * @throws IOException if the file is corrupt or too large
   */
  Image read(byte[] encoded, ImageReading reading) throws IOException;

  /**
   * Decodes a mask, see {@link dev.quern.data.Image#readMask}. The default implementation rejects
   * the format, since most formats do not store pixel values exactly.
   *
   * @throws IOException if the format does not support masks, or the file is corrupt or too large
   */
  default Image readMask(byte[] encoded, ImageReading reading) throws IOException {
    throw new NoMaskException("a mask must be a PNG file, found " + this);
  }
}
