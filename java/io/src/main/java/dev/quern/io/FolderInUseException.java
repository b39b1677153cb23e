package dev.quern.io;

import dev.quern.error.FileAccessException;

/** Another run writes to the folder; the message says which process, where and since when. */
public class FolderInUseException extends FileAccessException {
  private static final long serialVersionUID = 1L;

  public FolderInUseException(String message) {
    super(message, null);
  }
}
