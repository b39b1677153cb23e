package dev.quern.predict;

import java.nio.file.Path;

/**
 * Writes models for {@link ModelData#save}: a service that other modules provide, quern-io among
 * them. Implementations are safe for threads.
 */
public interface ModelWriter {
  /**
   * Whether this writer is the one for such a file, by its name.
   *
   * @param file which may be missing
   */
  boolean writes(Path file);

  /**
   * Writes a model as a whole or not at all.
   *
   * @throws dev.quern.error.QuernException if the model has no form in such a file, or the file
   *     cannot be written
   */
  void write(Path file, ModelData model);
}
