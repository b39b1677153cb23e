package dev.quern.cli.serve;

import dev.quern.cli.run.ModelArgument;
import dev.quern.cli.run.PathConverter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A value of {@code quern serve --model}: a file or a pretrained network, optionally with a name,
 * or a folder of files.
 *
 * @param name name under which it is served
 */
record ModelSource(String name, ModelArgument model) {
  private static final Set<String> ENDINGS = Set.of("safetensors", "onnx");
  private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9_.-]+)=(.+)");

  /** The value of {@code --model}; an equals sign may also be part of a path. */
  static final class Converter implements ITypeConverter<ModelSource> {
    @Override
    public ModelSource convert(String value) {
      Matcher named = NAMED.matcher(value);
      if (!named.matches() || Files.exists(PathConverter.of(value))) {
        Path path = PathConverter.of(value);
        return of(Files.isDirectory(path) ? ModelArgument.of(path) : model(value));
      }
      ModelArgument model = model(named.group(2));
      if (model.isFile() && Files.isDirectory(model.path())) {
        throw new TypeConversionException(
            "'" + value + "' names a folder; models in a folder are named after their files");
      }
      return new ModelSource(named.group(1), model);
    }
  }

  private static ModelArgument model(String value) {
    return new ModelArgument.Converter().convert(value);
  }

  /** A file under its own name, without the ending. */
  static ModelSource of(Path path) {
    return of(ModelArgument.of(path));
  }

  /** A pretrained network without its publisher. */
  private static ModelSource of(ModelArgument model) {
    String name = String.valueOf(model.path().getFileName());
    int dot = model.isFile() ? name.lastIndexOf('.') : -1;
    return new ModelSource(dot > 0 ? name.substring(0, dot) : name, model);
  }

  /** The file or folder, or a network's name as a path. */
  Path path() {
    return model.path();
  }

  /**
   * Whether a file of a folder is to be a model; hidden ones are not, which may be half written.
   */
  static boolean isModel(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))
        && Files.isRegularFile(file);
  }
}
