package dev.quern.image.decode;

import java.io.IOException;

/** A header tells of more pixels than are allowed; nothing was decoded. */
public final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  private TooLargeException(long width, long height, long most) {
    super(width + " x " + height + " pixels are more than " + most);
  }

  /**
   * Says so where it is.
   *
   * @throws TooLargeException if they are more
   */
  public static void check(long width, long height, long most) throws TooLargeException {
    if (width * height > most) {
      throw new TooLargeException(width, height, most);
    }
  }
}
