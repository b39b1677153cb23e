package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the system cannot read or write a file, for example without permission or on a full
 * disk.
 */
public class FileAccessException extends QuernException {
  private static final long serialVersionUID = 1L;

  public FileAccessException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
