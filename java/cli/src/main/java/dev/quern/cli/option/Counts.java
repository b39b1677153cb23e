package dev.quern.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converters of options whose values are counts. */
public final class Counts {
  private Counts() {}

  /** Converter to an integer of at least 1. */
  public static final class Positive implements ITypeConverter<Integer> {
    /** Creates the converter; called by picocli. */
    public Positive() {}

    @Override
    public Integer convert(String value) {
      return atLeast(1, value);
    }
  }

  /** Converter to an integer of at least 0. */
  public static final class NotNegative implements ITypeConverter<Integer> {
    /** Creates the converter; called by picocli. */
    public NotNegative() {}

    @Override
    public Integer convert(String value) {
      return atLeast(0, value);
    }
  }

  private static int atLeast(int least, String value) {
    try {
      int n = Integer.parseInt(value);
      if (n >= least) {
        return n;
      }
    } catch (NumberFormatException e) {
      // reported below, like numbers out of range
    }
    throw new TypeConversionException("'" + value + "' is not an integer of at least " + least);
  }
}
