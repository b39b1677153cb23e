package dev.quern.predict;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.internal.Services;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads and writes model files with the {@link ModelReader} and {@link ModelWriter} services. */
final class ModelFiles {
  private static final String ONNX = ".onnx";

  private ModelFiles() {}

  static ModelData read(Path file) {
    Require.present("model", "file", file);
    List<ModelReader> readers =
        Services.all(
            ModelReader.class,
            "model: " + file,
            "reading models requires the module quern-io (dev.quern:quern-io)");
    Optional<ModelReader> fit =
        readers.stream().filter(r -> call(file, "reader", () -> r.reads(file))).findFirst();
    if (fit.isPresent()) {
      return call(file, "reader", () -> fit.get().read(file));
    }
    if (isOnnx(file)) {
      throw new NotFoundException(
          "model: "
              + file
              + ": reading ONNX requires the module quern-onnx (dev.quern:quern-onnx)");
    }
    if (!Files.exists(file)) {
      throw new NotFoundException("model: " + file + " does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new FormatException("model: " + file + " is not a regular file");
    }
    throw new FormatException(
        "model: " + file + " is not a model: it is neither an .onnx file nor a .safetensors file");
  }

  static void write(Path file, ModelData model) {
    Require.present("save", "file", file);
    String operation = "save: " + file;
    List<ModelWriter> writers =
        Services.all(
            ModelWriter.class,
            operation,
            "writing models requires the module quern-io (dev.quern:quern-io)");
    ModelWriter fit =
        writers.stream()
            .filter(w -> call(file, "writer", () -> w.writes(file)))
            .findFirst()
            .orElseThrow(() -> unwritten(operation, file));
    call(
        file,
        "writer",
        () -> {
          fit.write(file, model);
          return file;
        });
  }

  private static QuernException unwritten(String operation, Path file) {
    return isOnnx(file)
        ? new NotFoundException(
            operation + ": writing ONNX requires the module quern-onnx (dev.quern:quern-onnx)")
        : new InvalidArgumentException(
            operation + ": the name of a model file must end in .safetensors or .onnx");
  }

  private static boolean isOnnx(Path file) {
    return file.toString().endsWith(ONNX);
  }

  /**
   * Calls a reader or writer. Exceptions of this external code are wrapped, except for a {@link
   * QuernException}.
   *
   * @param who "reader" or "writer", for messages
   */
  private static <T> T call(Path file, String who, Supplier<T> call) {
    try {
      return Require.present("model: " + file, "the result of its " + who, call.get());
    } catch (QuernException e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new FormatException(
          "model: " + file + ": its " + who + " threw " + UserCode.text(e), e);
    }
  }
}
