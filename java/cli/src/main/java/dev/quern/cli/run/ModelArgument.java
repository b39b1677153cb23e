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
 * A model that a command takes: a file, or a pretrained network by its name in the catalog. A file
 * of a network's name is the file.
 */
public final class ModelArgument {
  /** How the value is written. */
  public static final String FORM = "FILE|NAME";

  /** The kinds of models, for the descriptions of options. */
  public static final String HELP =
      "A model that quern train saved, an ONNX file, or a pretrained network that quern models"
          + " lists";

  private final Path path;

  /** Null for a file. */
  private final Pretrained knownOrNull;

  private ModelArgument(Path path, Pretrained knownOrNull) {
    this.path = path;
    this.knownOrNull = knownOrNull;
  }

  /** A file, which may be missing. */
  public static ModelArgument of(Path file) {
    return new ModelArgument(file, null);
  }

  /** Makes option values of words; only {@link #data} needs the file. */
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

  /** The file, or the network's name as a path. */
  public Path path() {
    return path;
  }

  /** The file's name, or that of the network. */
  public String label() {
    return knownOrNull == null ? String.valueOf(path.getFileName()) : knownOrNull.name();
  }

  /**
   * Loads the model.
   *
   * @throws NotFoundException if there is no such file, or the network's is not in the cache
   */
  public ModelData data() {
    if (knownOrNull != null) {
      return knownOrNull.data();
    }
    boolean bare = !path.isAbsolute() && path.getNameCount() == 1;
    if (!Files.exists(path) && bare && !label().contains(".")) { // meant as a name
      throw new NotFoundException("model: " + path + " is not a file" + unknown());
    }
    return ModelData.load(path);
  }

  private String unknown() {
    try {
      Pretrained.of(path.toString());
      return ""; // deleted since
    } catch (InvalidArgumentException e) {
      return "; " + e.getMessage();
    }
  }

  /** The size of the file, which was loaded. */
  public long bytes() {
    try {
      return Files.size(
          knownOrNull == null ? path : PretrainedCache.standard().find(knownOrNull).orElse(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words that name it. */
  @Override
  public String toString() {
    return path.toString();
  }
}
