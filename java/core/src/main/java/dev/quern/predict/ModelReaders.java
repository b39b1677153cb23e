package dev.quern.predict;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.internal.Require;
import dev.quern.internal.Services;
import dev.quern.internal.UserCode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** The readers of model files that other modules provide. */
final class ModelReaders {
  private ModelReaders() {}

  static ModelData read(Path file) {
    Require.present("model", "file", file);
    List<ModelReader> readers =
        Services.all(
            ModelReader.class,
            "model: " + file,
            "reading models needs the module quern-io (dev.quern:quern-io)");
    ModelReader fit =
        readers.stream().filter(r -> asked(file, () -> r.reads(file))).findFirst().orElse(null);
    if (fit != null) {
      return asked(file, () -> fit.read(file));
    }
    if (file.toString().endsWith(".onnx")) {
      throw new NotFoundException(
          "model: " + file + ": reading ONNX needs the module quern-onnx (dev.quern:quern-onnx)");
    }
    return asked(file, () -> readers.get(0).read(file));
  }

  /** A reader is another's code. */
  private static <T> T asked(Path file, Supplier<T> call) {
    try {
      return Require.present("model: " + file, "what its reader says", call.get());
    } catch (QuernException e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new FormatException("model: " + file + ": its reader threw " + UserCode.text(e), e);
    }
  }
}
