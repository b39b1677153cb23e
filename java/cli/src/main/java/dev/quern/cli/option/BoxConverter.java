package dev.quern.cli.option;

import dev.quern.detect.Box;
import dev.quern.error.InvalidArgumentException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter to a box in pixels of an image, for example 10,20,110.5,220. */
public final class BoxConverter implements ITypeConverter<Box> {
  @Override
  public Box convert(String value) {
    String[] sides = value.split(",", -1);
    try {
      if (sides.length == 4) {
        return new Box(
            Double.parseDouble(sides[0]),
            Double.parseDouble(sides[1]),
            Double.parseDouble(sides[2]),
            Double.parseDouble(sides[3]));
      }
    } catch (NumberFormatException e) {
      // reported below
    } catch (InvalidArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw new TypeConversionException("'" + value + "' is not LEFT,TOP,RIGHT,BOTTOM");
  }
}
