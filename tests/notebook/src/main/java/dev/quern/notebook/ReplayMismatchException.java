package dev.quern.notebook;

import dev.quern.error.QuernException;

/** A replayed tensor is not the recorded one. */
public final class ReplayMismatchException extends QuernException {
  private static final long serialVersionUID = 1L;

  public ReplayMismatchException(String message) {
    super(message);
  }
}
