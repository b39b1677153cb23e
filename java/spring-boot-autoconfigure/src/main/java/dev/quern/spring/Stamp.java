package dev.quern.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Metadata by which a change of a file is recognized. The key changes if another file replaces the
 * file, as a new version does that is moved into place.
 */
record Stamp(long bytes, @Nullable FileTime changed, @Nullable Object key) {
  /** The stamp of a file that does not exist or cannot be accessed. */
  private static final Stamp MISSING = new Stamp(-1, null, null);

  static Stamp of(Path file) {
    try {
      BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(a.size(), a.lastModifiedTime(), a.fileKey());
    } catch (IOException e) {
      return MISSING;
    }
  }
}
