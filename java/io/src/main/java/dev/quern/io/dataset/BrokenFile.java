package dev.quern.io.dataset;

import dev.quern.internal.arguments.Require;
import java.nio.file.Path;

/**
 * A file of an {@link ImageFolder} that should be an image and cannot be read.
 *
 * @param path of the file, below the folder's
 * @param reason human-readable reason
 */
public record BrokenFile(Path path, String reason) {
  public BrokenFile {
    Require.present("broken file", "path", path);
    Require.present("broken file", "reason", reason);
  }
}
