package dev.quern.cli.option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The value of {@code --classes} in commands that accept class names.
 *
 * @param count number of classes, at least 1; 0 for {@link #NONE}
 * @param names names of all classes; empty if only their number is given
 */
public record ClassList(int count, List<String> names) {
  /** The format of the option's value. */
  public static final String FORM = "N|NAME,NAME|FILE";

  /** The value if the option is not given. */
  public static final ClassList NONE = new ClassList(0, List.of());

  /** Maximum size of a file of names, far beyond any realistic list. */
  private static final int MAX_BYTES = 16 << 20;

  /** Returns a name for each class; without names, the class indices. */
  public List<String> eachNamed() {
    return names.isEmpty() ? IntStream.range(0, count).mapToObj(Integer::toString).toList() : names;
  }

  /**
   * Converter of the option's value: a number, names separated by commas, or a text file with one
   * name per line.
   */
  public static final class Converter implements ITypeConverter<ClassList> {
    @Override
    public ClassList convert(String value) {
      if (value.matches("-?\\d+")) {
        return new ClassList(new Counts.Positive().convert(value), List.of());
      }
      List<String> names = lines(value);
      if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
        throw new TypeConversionException("'" + value + "' has an empty name");
      }
      return new ClassList(names.size(), names);
    }

    private static List<String> lines(String value) {
      try {
        Path file = Path.of(value);
        if (Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES) {
          return Files.readString(file, StandardCharsets.UTF_8).stripTrailing().lines().toList();
        }
      } catch (IOException | InvalidPathException e) {
        // reported below
      }
      if (value.contains(",") || !isFileName(value)) {
        return List.of(value.split(",", -1));
      }
      throw new TypeConversionException(
          "'" + value + "' is not a number, a list of names or a text file with one name per line");
    }

    /** Returns whether one word is rather the name of a missing file than that of a class. */
    private static boolean isFileName(String value) {
      return value.contains("/") || value.contains("\\") || value.contains(".");
    }
  }
}
