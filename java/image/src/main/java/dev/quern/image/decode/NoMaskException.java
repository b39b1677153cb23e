package dev.quern.image.decode;

import java.io.IOException;

/** A whole file whose pixels have colours and no numbers. */
final class NoMaskException extends IOException {
  private static final long serialVersionUID = 1;

  NoMaskException(String message) {
    super(message);
  }
}
