package dev.quern.io.folder;

import dev.quern.internal.messages.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A check of files before they are read, which rejects links to targets outside the folder. */
final class Links {
  private final Path real;

  /**
   * Creates a check for the files in a folder.
   *
   * @param root an existing folder, which may itself be a link
   */
  Links(Path root) throws IOException {
    real = root.toRealPath();
  }

  /** Returns the reason why a file must not be read; null if it may be read. */
  String refusal(Path file) {
    try {
      Path target = file.toRealPath();
      if (!target.startsWith(real)) {
        return "a link to a target outside the folder";
      }
      if (Files.isDirectory(target)) {
        return "a folder";
      }
      return Files.isRegularFile(target) ? null : "not a regular file";
    } catch (NoSuchFileException e) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? "a broken link"
          : "the file does not exist";
    } catch (IOException e) {
      return "it cannot be examined: " + FileReason.of(e);
    }
  }
}
