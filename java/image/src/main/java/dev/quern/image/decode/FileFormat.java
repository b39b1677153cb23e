package dev.quern.image.decode;

import dev.quern.data.Image;
import java.io.IOException;

/** A format of pictures. Its {@code toString} names it in messages. */
public interface FileFormat {
  /** Whether a file begins as those of this format do. */
  boolean begins(byte[] encoded);

  /**
   * The picture, or the first of several.
   *
   * @param most pixels that are allowed
   * @throws IOException if the file is broken or too large
   */
  Image read(byte[] encoded, long most) throws IOException;
}
