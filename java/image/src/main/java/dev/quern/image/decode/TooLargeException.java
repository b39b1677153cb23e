package dev.quern.image.decode;

import java.io.IOException;

/** Thrown before decoding if a header declares more pixels than allowed. */
public final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  private TooLargeException(long width, long height, long most) {
    super(width + " x " + height + " pixels exceed the maximum of " + most);
  }

  /**
   * Checks the number of pixels against a limit.
   *
   * @throws TooLargeException if the number exceeds the limit
   */
  public static void check(long width, long height, long most) throws TooLargeException {
    if (width * height > most) {
      throw new TooLargeException(width, height, most);
    }
  }
}
