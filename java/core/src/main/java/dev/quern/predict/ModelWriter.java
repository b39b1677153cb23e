package dev.quern.predict;

import java.nio.file.Path;

/**
 * Service that writes model files for {@link ModelData#save}. Modules such as quern-io implement
 * it. Implementations must be thread-safe.
 */
public interface ModelWriter {
  /**
   * Returns whether this writer supports a file, judging by its name.
   *
   * @param file the file, which need not exist
   */
  boolean writes(Path file);

  /**
   * Writes a model atomically.
   *
   * @throws dev.quern.error.QuernException if the format cannot represent the model, or the file
   *     cannot be written
   */
  void write(Path file, ModelData model);
}
