package dev.quern.io.file;

import dev.quern.error.FileAccessException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
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
    return new FileAccessException(operation + ": " + file + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (cause instanceof DirectoryNotEmptyException) {
      return "a folder of that name exists already";
    }
    if (cause instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
