package dev.quern.onnx;

import dev.quern.predict.ModelData;
import java.nio.file.Path;

/**
 * Networks as ONNX files (Open Neural Network Exchange): what others trained, of opset 6 and up,
 * read into Quern's layers with its weights, and Quern's networks written for other runtimes. What
 * is read is a {@link dev.quern.network.Network} like any other: it predicts, trains, takes another
 * head and is saved.
 *
 * <pre>{@code
 * try (Model model = Model.of(Onnx.load(Path.of("mobilenet_v2.onnx")))) {
 *   System.out.println(model.classify(Path.of("cat.png")));
 * }
 * }</pre>
 */
public final class Onnx {
  private Onnx() {}

  /** {@link OnnxReader#read} with nothing asked for. */
  public static ModelData load(Path file) {
    return reader().read(file);
  }

  /** A reader, of which more can be asked than of {@link #load}. */
  public static OnnxReader reader() {
    return new OnnxReader();
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
