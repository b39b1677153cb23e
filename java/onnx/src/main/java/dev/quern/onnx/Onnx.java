package dev.quern.onnx;

import dev.quern.onnx.read.OnnxReader;
import dev.quern.predict.ModelData;
import java.nio.file.Path;

/**
 * Networks as ONNX files (Open Neural Network Exchange, opset 6 and up): what others trained, read
 * into Quern's layers.
 */
public final class Onnx {
  private Onnx() {}

  /** {@link OnnxReader#read} with the defaults. */
  public static ModelData load(Path file) {
    return new OnnxReader().read(file);
  }
}
