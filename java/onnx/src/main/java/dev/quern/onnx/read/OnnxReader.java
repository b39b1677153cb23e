package dev.quern.onnx.read;

import dev.quern.predict.ModelData;
import java.nio.file.Path;

/** Reads a file. */
public final class OnnxReader {
  /** With the defaults. */
  public OnnxReader() {}

  /** Reads a file. */
  public ModelData read(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }
}
