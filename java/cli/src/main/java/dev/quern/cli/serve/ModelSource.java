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
 * @param name name under which the model is served
 */
record ModelSource(String name, ModelArgument model) {
  private static final Set<String> ENDINGS = Set.of("safetensors", "onnx");
  private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9_.-]+)=(.+)");

  /**
   * Converter of the value of {@code --model}: NAME=MODEL, or MODEL, which may be a path with an
   * equals sign.
   */
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
            "'" + value + "' gives a name to a folder; its models are named by file");
      }
      return new ModelSource(named.group(1), model);
    }
  }

  private static ModelArgument model(String value) {
    return new ModelArgument.Converter().convert(value);
  }

  /** Returns a file as a source that is named after the file, without its extension. */
  static ModelSource of(Path path) {
    return of(ModelArgument.of(path));
  }

  /** Returns a pretrained network as a source; the source's name omits the publisher. */
  private static ModelSource of(ModelArgument model) {
    String name = String.valueOf(model.path().getFileName());
    int dot = model.isFile() ? name.lastIndexOf('.') : -1;
    return new ModelSource(dot > 0 ? name.substring(0, dot) : name, model);
  }

  /** Returns the path of the file or folder, or a pretrained network's name as a path. */
  Path path() {
    return model.path();
  }

  /**
   * Returns whether a file in a folder is a model to serve. Hidden files are not served, since they
   * may be incomplete.
   */
  static boolean isModel(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))
        && Files.isRegularFile(file);
  }
}
