package dev.quern.io.provider;

import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import dev.quern.predict.ModelReader;
import dev.quern.predict.ModelWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The service by which {@link ModelData#load} and {@link ModelData#save} read and write safetensors
 * files, see {@link ModelFile}.
 */
public final class SafetensorsModels implements ModelReader, ModelWriter {
  private static final String ENDING = ".safetensors";

  /** The byte position of the JSON header, after the header's length of 8 bytes. */
  private static final int HEADER = 8;

  /** Creates the service; called by the service loader. */
  public SafetensorsModels() {}

  /**
   * Returns whether a file is supported: by its name or, if the extension is different, by its
   * first bytes.
   */
  @Override
  public boolean reads(Path file) {
    return file != null && (file.toString().endsWith(ENDING) || hasHeader(file));
  }

  private static boolean hasHeader(Path file) {
    if (file.toString().endsWith(".onnx") || !Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] first = in.readNBytes(HEADER + 1);
      return first.length > HEADER && first[HEADER] == '{';
    } catch (IOException e) {
      return false; // another reader may say more
    }
  }

  @Override
  public ModelData read(Path file) {
    return ModelFile.load(file);
  }

  @Override
  public boolean writes(Path file) {
    return file != null && file.toString().endsWith(ENDING);
  }

  @Override
  public void write(Path file, ModelData model) {
    ModelFile.save(file, model);
  }
}
