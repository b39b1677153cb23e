package dev.quern.io.file;

import dev.quern.error.FileAccessException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.internal.messages.FileReason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The one place where the system's file errors become Quern's. */
public final class FileErrors {
  private FileErrors() {}

  /** {@link NotFoundException} where the file is missing, else {@link FileAccessException}. */
  public static QuernException of(String operation, Path file, IOException cause) {
    if (cause instanceof NoSuchFileException missing) {
      return new NotFoundException(operation + ": " + missing.getFile() + " does not exist");
    }
    return new FileAccessException(operation + ": " + file + ": " + FileReason.of(cause), cause);
  }
}
