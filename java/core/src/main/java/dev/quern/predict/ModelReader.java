package dev.quern.predict;

import java.nio.file.Path;

/**
 * Reads saved models for {@link Model#load}: a service that other modules provide, quern-io among
 * them. Implementations are safe for threads.
 */
public interface ModelReader {
  /**
   * Whether this reader is the one for such a file, by its name.
   *
   * @param file which may be missing
   */
  boolean reads(Path file);

  /**
   * @throws dev.quern.error.QuernException if the file is missing, broken or not a model
   */
  ModelData read(Path file);
}
