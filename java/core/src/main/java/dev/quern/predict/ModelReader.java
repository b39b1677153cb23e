package dev.quern.predict;

import java.nio.file.Path;

/**
 * A reader of model files for {@link Model#load}: a service that other modules, such as quern-io,
 * provide. Implementations must be thread-safe.
 */
public interface ModelReader {
  /**
   * Returns whether this reader supports a file, by the file's name.
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
