package dev.quern.io;

import dev.quern.error.QuernException;

/**
 * The system refuses to read or write a file: no permission, a full disk, a folder in its place.
 */
public class FileAccessException extends QuernException {
  private static final long serialVersionUID = 1L;

  public FileAccessException(String message, Throwable cause) {
    super(message, cause);
  }
}
