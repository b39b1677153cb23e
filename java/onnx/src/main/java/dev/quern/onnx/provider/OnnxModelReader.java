package dev.quern.onnx.provider;

import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import dev.quern.predict.ModelReader;
import java.nio.file.Path;

/** {@link Onnx} as {@link dev.quern.predict.Model#load} finds it. */
public final class OnnxModelReader implements ModelReader {
  /** Creates the reader for the service loader; applications need not call it. */
  public OnnxModelReader() {}

  @Override
  public boolean reads(Path file) {
    return file != null && file.toString().endsWith(".onnx");
  }

  @Override
  public ModelData read(Path file) {
    return Onnx.load(file);
  }
}
