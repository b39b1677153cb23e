package dev.quern.io.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether a file may be read: nothing outside of the folder is. */
final class Links {
  private final Path real;

  /**
   * @param root an existing folder, which may be a link itself
   */
  Links(Path root) throws IOException {
    real = root.toRealPath();
  }

  /** Why a file is not read; null if it is. */
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
      return "it cannot be examined: " + e.getClass().getSimpleName();
    }
  }
}
