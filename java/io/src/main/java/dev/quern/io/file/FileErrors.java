package dev.quern.io.file;

import dev.quern.error.FileAccessException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.internal.messages.FileReason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The conversion of the system's file errors to Quern's exceptions. */
public final class FileErrors {
  private FileErrors() {}

  /**
   * Returns a {@link NotFoundException} if the file is missing, otherwise a {@link
   * FileAccessException}.
   */
  public static QuernException of(String operation, Path file, IOException cause) {
    if (cause instanceof NoSuchFileException missing) {
      return new NotFoundException(operation + ": " + missing.getFile() + " does not exist");
    }
    return new FileAccessException(operation + ": " + file + ": " + FileReason.of(cause), cause);
  }
}
