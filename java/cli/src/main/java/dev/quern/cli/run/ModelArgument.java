package dev.quern.cli.run;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/**
 * A model as a command's argument: a file, or the name of a pretrained network in the catalog. An
 * existing file takes precedence over a pretrained network of the same name.
 */
public final class ModelArgument {
  /** The format of the argument, for help texts. */
  public static final String FORM = "FILE|NAME";

  /** The kinds of models, for the descriptions of options. */
  public static final String HELP =
      "A model that quern train saved, an ONNX file, or a pretrained network that quern models"
          + " lists";

  private final Path path;

  /** The pretrained network; null for a file. */
  private final Pretrained knownOrNull;

  private ModelArgument(Path path, Pretrained knownOrNull) {
    this.path = path;
    this.knownOrNull = knownOrNull;
  }

  /** Returns the argument for a file, which need not exist. */
  public static ModelArgument of(Path file) {
    return new ModelArgument(file, null);
  }

  /** Converter of an option's value. It does not read the file; {@link #data} does. */
  public static final class Converter implements ITypeConverter<ModelArgument> {
    @Override
    public ModelArgument convert(String value) {
      Path path = PathConverter.of(value);
      boolean known = !Files.isRegularFile(path) && Pretrained.names().contains(value);
      return new ModelArgument(path, known ? Pretrained.of(value) : null);
    }
  }

  public boolean isFile() {
    return knownOrNull == null;
  }

  /** Returns the file, or the network's name as a path. */
  public Path path() {
    return path;
  }

  /** Returns the name of the file or network. */
  public String label() {
    return knownOrNull == null ? String.valueOf(path.getFileName()) : knownOrNull.name();
  }

  /**
   * Loads the model.
   *
   * @throws NotFoundException if the file does not exist, or the network's file is not in the cache
   */
  public ModelData data() {
    if (knownOrNull != null) {
      return knownOrNull.data();
    }
    boolean bare = !path.isAbsolute() && path.getNameCount() == 1;
    if (!Files.exists(path) && bare && !label().contains(".")) { // probably a name
      throw new NotFoundException("model: " + path + " is not a file" + unknown());
    }
    return ModelData.load(path);
  }

  private String unknown() {
    try {
      Pretrained.of(path.toString());
      return ""; // the file was deleted in the meantime
    } catch (InvalidArgumentException e) {
      return "; " + e.getMessage();
    }
  }

  /** Returns the size of the loaded file in bytes. */
  public long bytes() {
    try {
      return Files.size(
          knownOrNull == null ? path : PretrainedCache.standard().find(knownOrNull).orElse(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the value of the option as it was given. */
  @Override
  public String toString() {
    return path.toString();
  }
}
