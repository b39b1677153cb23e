package dev.quern.onnx;

import dev.quern.predict.ModelData;
import java.nio.file.Path;

/**
 * Import and export of networks as ONNX files (Open Neural Network Exchange), opset 6 and up. An
 * imported network is an ordinary {@link dev.quern.network.Network}, which can be used for
 * prediction, trained, given a new head, and saved. Exported networks run in other ONNX runtimes.
 *
 * <pre>{@code
 * try (Model model = Model.of(Onnx.load(Path.of("mobilenet_v2.onnx")))) {
 *   System.out.println(model.classify(Path.of("cat.png")));
 * }
 * }</pre>
 */
public final class Onnx {
  private Onnx() {}

  /** Reads a file like {@link OnnxReader#read} with default options. */
  public static ModelData load(Path file) {
    return reader().read(file);
  }

  /**
   * Opens a file whose sizes depend on data, such as a detector with non-maximum suppression, like
   * {@link OnnxReader#session} with default options.
   */
  public static OnnxSession session(Path file) {
    return reader().session(file);
  }

  /** Returns a reader with default options, which can be changed. */
  public static OnnxReader reader() {
    return new OnnxReader();
  }

  /** Writes a file like {@link OnnxWriter#save} with default options, such as opset 17. */
  public static void save(ModelData model, Path file) {
    new OnnxWriter().save(model, file);
  }

  /**
   * Writes a file in the given opset, like {@link OnnxWriter#save}; other options have their
   * defaults.
   */
  public static void save(ModelData model, Path file, int opset) {
    new OnnxWriter().opset(opset).save(model, file);
  }
}
