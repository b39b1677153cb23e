package dev.quern.image.decode;

import java.io.IOException;

/** Thrown if an intact file contains colors instead of the class indices of a mask. */
final class NoMaskException extends IOException {
  private static final long serialVersionUID = 1;

  NoMaskException(String message) {
    super(message);
  }
}
