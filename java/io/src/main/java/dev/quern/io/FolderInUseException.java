package dev.quern.io;

import dev.quern.error.FileAccessException;

/**
 * Thrown when another run writes to the folder; the message names the process, its host and the
 * start time.
 */
public class FolderInUseException extends FileAccessException {
  private static final long serialVersionUID = 1L;

  public FolderInUseException(String message) {
    super(message, null);
  }
}
