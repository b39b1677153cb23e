package dev.quern.io.dataset;

import dev.quern.internal.arguments.Require;
import java.nio.file.Path;

/**
 * A file of an {@link ImageFolder} that has an image's extension but cannot be read.
 *
 * @param path the path of the file
 * @param reason the reason, as a text for the user
 */
public record BrokenFile(Path path, String reason) {
  public BrokenFile {
    Require.present("broken file", "path", path);
    Require.present("broken file", "reason", reason);
  }
}
