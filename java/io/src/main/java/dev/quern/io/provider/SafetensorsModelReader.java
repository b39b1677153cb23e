package dev.quern.io.provider;

import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import dev.quern.predict.ModelReader;
import java.nio.file.Path;

/** {@link ModelFile} as {@link dev.quern.predict.Model#load} finds it. */
public final class SafetensorsModelReader implements ModelReader {
  /** Creates the reader for the service loader; applications need not call it. */
  public SafetensorsModelReader() {}

  @Override
  public boolean reads(Path file) {
    return file != null && file.toString().endsWith(".safetensors");
  }

  @Override
  public ModelData read(Path file) {
    return ModelFile.load(file);
  }
}
