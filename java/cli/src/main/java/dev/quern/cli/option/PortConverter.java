package dev.quern.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter to a TCP port from 0 to 65535, where 0 means any free port. */
public final class PortConverter implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65535) {
      throw new TypeConversionException("'" + value + "' is not a port from 0 to 65535");
    }
    return Integer.valueOf(value);
  }
}
