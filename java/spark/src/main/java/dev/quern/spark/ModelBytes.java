package dev.quern.spark;

import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The conversion of models to and from the bytes of a model file. */
final class ModelBytes {
  private ModelBytes() {}

  static byte[] of(ModelData model) {
    return withFile(
        file -> {
          ModelFile.save(file, model);
          return Files.readAllBytes(file);
        });
  }

  static ModelData read(byte[] bytes) {
    return withFile(
        file -> {
          Files.write(file, bytes);
          return ModelFile.load(file);
        });
  }

  private interface Use<T> {
    T of(Path file) throws IOException;
  }

  private static <T> T withFile(Use<T> use) {
    try {
      Path folder = Files.createTempDirectory("quern-spark");
      Path file = folder.resolve("model.safetensors");
      try {
        return use.of(file);
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
