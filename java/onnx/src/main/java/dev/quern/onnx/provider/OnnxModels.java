package dev.quern.onnx.provider;

import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import dev.quern.predict.ModelReader;
import dev.quern.predict.ModelWriter;
import java.nio.file.Path;

/**
 * The service by which {@link ModelData#load} and {@link ModelData#save} read and write ONNX files,
 * see {@link Onnx}.
 */
public final class OnnxModels implements ModelReader, ModelWriter {
  /** Creates the service; called by the service loader. */
  public OnnxModels() {}

  @Override
  public boolean reads(Path file) {
    return isOnnx(file);
  }

  @Override
  public ModelData read(Path file) {
    return Onnx.load(file);
  }

  @Override
  public boolean writes(Path file) {
    return isOnnx(file);
  }

  @Override
  public void write(Path file, ModelData model) {
    Onnx.save(model, file);
  }

  private static boolean isOnnx(Path file) {
    return file != null && file.toString().endsWith(".onnx");
  }
}
