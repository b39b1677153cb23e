package dev.quern.predict;

import java.nio.file.Path;

/**
 * Service that reads model files for {@link ModelData#load}. Modules such as quern-io implement it.
 * Implementations must be thread-safe.
 */
public interface ModelReader {
  /**
   * Returns whether this reader supports a file, judging by its name.
   *
   * @param file the file, which need not exist
   */
  boolean reads(Path file);

  /**
   * Reads a model.
   *
   * @throws dev.quern.error.QuernException if the file is missing, corrupt or not a model
   */
  ModelData read(Path file);
}
