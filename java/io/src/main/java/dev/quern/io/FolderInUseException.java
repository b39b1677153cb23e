package dev.quern.io;

import dev.quern.error.FileAccessException;

/**
 * Thrown if another run is writing to the folder; the message names that run's process, host and
 * start time.
 */
public class FolderInUseException extends FileAccessException {
  private static final long serialVersionUID = 1L;

  public FolderInUseException(String message) {
    super(message, null);
  }
}
