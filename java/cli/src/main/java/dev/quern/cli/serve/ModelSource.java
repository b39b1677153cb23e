package dev.quern.cli.serve;

import dev.quern.cli.run.PathConverter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A value of {@code quern serve --model}: a file, optionally with a name, or a folder of files.
 *
 * @param name name of the file's model
 */
record ModelSource(String name, Path path) {
  private static final Set<String> ENDINGS = Set.of("safetensors", "onnx");
  private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9_.-]+)=(.+)");

  /** The value of {@code --model}; an equals sign may also be part of a path. */
  static final class Converter implements ITypeConverter<ModelSource> {
    @Override
    public ModelSource convert(String value) {
      Matcher named = NAMED.matcher(value);
      if (!named.matches() || Files.exists(PathConverter.of(value))) {
        return of(PathConverter.of(value));
      }
      Path path = PathConverter.of(named.group(2));
      if (Files.isDirectory(path)) {
        throw new TypeConversionException(
            "'" + value + "' names a folder; models in a folder are named after their files");
      }
      return new ModelSource(named.group(1), path);
    }
  }

  /** A file under its own name, without the ending. */
  static ModelSource of(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return new ModelSource(dot > 0 ? name.substring(0, dot) : name, path);
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
