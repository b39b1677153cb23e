package dev.quern.cli.option;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A converter of an option's value to the enum constant of the same name, ignoring case. */
public abstract class Choice<E extends Enum<E>> implements ITypeConverter<E> {
  private final List<E> all;

  public Choice(Class<E> of) {
    this(List.of(of.getEnumConstants()));
  }

  /** Creates a converter that accepts only these constants. */
  Choice(List<E> of) {
    all = of;
  }

  @Override
  public E convert(String value) {
    return all.stream()
        .filter(e -> text(e).equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + value + "' is not one of " + String.join(", ", texts())));
  }

  private List<String> texts() {
    return all.stream().map(Choice::text).toList();
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
