package dev.quern.cli.run;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter of option values to paths; replaces {@code latest} by the run that it points to. */
public final class PathConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String value) {
    return of(value);
  }

  public static Path of(String value) {
    try {
      if (!value.isEmpty()) {
        return Latest.follow(Path.of(value));
      }
    } catch (InvalidPathException e) {
      // reported below
    }
    throw new TypeConversionException("'" + value + "' is not a path");
  }
}
