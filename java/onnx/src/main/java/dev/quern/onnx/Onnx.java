package dev.quern.onnx;

import dev.quern.onnx.read.OnnxReader;
import dev.quern.predict.ModelData;
import java.nio.file.Path;

/**
 * Networks as ONNX files (Open Neural Network Exchange): what others trained, of opset 6 and up,
 * read into Quern's layers, and Quern's networks written for other runtimes.
 */
public final class Onnx {
  private Onnx() {}

  /** {@link OnnxReader#read} with the defaults. */
  public static ModelData load(Path file) {
    return new OnnxReader().read(file);
  }

  /** {@link OnnxWriter#save} with the defaults: opset 17. */
  public static void save(ModelData model, Path file) {
    new OnnxWriter().save(model, file);
  }

  /** {@link OnnxWriter#save} with the defaults but for the opset. */
  public static void save(ModelData model, Path file, int opset) {
    new OnnxWriter().opset(opset).save(model, file);
  }
}
