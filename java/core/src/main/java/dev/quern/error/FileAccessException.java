package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * The system refuses to read or write a file: no permission, a full disk, a folder in its place.
 */
public class FileAccessException extends QuernException {
  private static final long serialVersionUID = 1L;

  public FileAccessException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
