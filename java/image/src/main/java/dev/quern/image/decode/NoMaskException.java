package dev.quern.image.decode;

import java.io.IOException;

/** Thrown for an intact file with colors instead of class indices. */
final class NoMaskException extends IOException {
  private static final long serialVersionUID = 1;

  NoMaskException(String message) {
    super(message);
  }
}
