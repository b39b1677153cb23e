package dev.quern.internal.messages;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Reasons why a file cannot be read or written, for messages that already contain its path. */
public final class FileReason {
  private FileReason() {}

  /** Returns the reason of a failed file operation, for example {@code permission denied}. */
  public static String of(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (cause instanceof DirectoryNotEmptyException) {
      return "a folder of that name exists already";
    }
    if (cause instanceof NotDirectoryException) {
      return "not a folder";
    }
    if (cause instanceof FileSystemLoopException) {
      return "a loop of symbolic links";
    }
    if (cause instanceof FileSystemException f) {
      return f.getReason() == null ? "it cannot be read or written" : f.getReason();
    }
    if (cause instanceof EOFException && cause.getMessage() == null) {
      return "the file ends too early";
    }
    if (cause instanceof CharacterCodingException) {
      return "not UTF-8 text";
    }
    return cause.getMessage() == null ? "it cannot be read or written" : cause.getMessage();
  }

  /**
   * Returns the reason why a file cannot be written. If a required folder is a file, the reason
   * names that file; otherwise the reason is the result of {@link #of}.
   */
  public static String ofWriting(Path file, IOException cause) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    return folder == null || Files.isDirectory(folder)
        ? of(cause)
        : folder + " is a file, not a folder";
  }
}
