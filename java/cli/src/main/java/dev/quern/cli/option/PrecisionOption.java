package dev.quern.cli.option;

import dev.quern.engine.Precision;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --precision} of commands that train. */
public final class PrecisionOption {
  /** Converter of the option's value. */
  static final class Converter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "default" -> Precision.DEFAULT;
        case "strict" -> Precision.STRICT;
        case "high" -> Precision.HIGH;
        case "bf16" -> Precision.BF16;
        default ->
            throw new TypeConversionException(
                "'" + value + "' must be default, strict, high or bf16");
      };
    }
  }

  @Option(
      names = "--precision",
      paramLabel = "default|strict|high|bf16",
      defaultValue = "default",
      converter = Converter.class,
      description =
          "Precision of convolutions: default; strict, which computes plain sums of float32"
              + " products, without Winograd and without AMX; high, which on AMX multiplies numbers"
              + " of two bfloat16 parts; or bf16, which rounds the factors of products to bfloat16"
              + " and adds them in float32, and in training takes about half the memory.")
  private Precision precision;

  /** Creates the option with its default; picocli sets its value. */
  public PrecisionOption() {}

  public Precision get() {
    return precision;
  }

  /** Adds the option to a run's settings unless it has the default value. */
  public void putInto(Map<String, String> words) {
    if (precision != Precision.DEFAULT) {
      words.put("precision", precision.name().toLowerCase(Locale.ROOT));
    }
  }
}
