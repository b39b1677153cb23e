package dev.quern.cli.option;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter to the shape of one image, for example 3x32x32. */
public final class InputConverter implements ITypeConverter<Shape> {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})x(\\d{1,9})x(\\d{1,9})");

  @Override
  public Shape convert(String value) {
    Matcher m = SHAPE.matcher(value);
    if (!m.matches()) {
      throw new TypeConversionException("'" + value + "' is not CHANNELSxHEIGHTxWIDTH");
    }
    try {
      return Shape.of(
          Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)));
    } catch (InvalidArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
