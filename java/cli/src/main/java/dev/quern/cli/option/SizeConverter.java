package dev.quern.cli.option;

import dev.quern.tensor.Size;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter to height and width, for example 64x48, or one number for both. */
public final class SizeConverter implements ITypeConverter<Size> {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,5})(?:[xX]([1-9]\\d{0,5}))?");

  @Override
  public Size convert(String value) {
    Matcher m = FORM.matcher(value);
    if (!m.matches()) {
      throw new TypeConversionException(
          "'"
              + value
              + "' is not HEIGHTxWIDTH, as in 64x48, or one number for both, from 1 to 999999");
    }
    int height = Integer.parseInt(m.group(1));
    return new Size(height, m.group(2) == null ? height : Integer.parseInt(m.group(2)));
  }
}
