package dev.quern.cli.option;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --tta} for test-time augmentation. */
public final class TtaOption {
  static final class Converter implements ITypeConverter<TestTimeAugmentation> {
    @Override
    public TestTimeAugmentation convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "flip" -> TestTimeAugmentation.flip();
        case "flip-shift" -> TestTimeAugmentation.flipAndShift();
        default -> throw new TypeConversionException("'" + value + "' is not flip or flip-shift");
      };
    }
  }

  @Option(
      names = "--tta",
      paramLabel = "flip|flip-shift",
      converter = Converter.class,
      description =
          "Test-time augmentation: average the predictions for several versions of an image. These"
              + " are the image and its mirror image (flip), or these two and copies of both that"
              + " are shifted diagonally by one pixel (flip-shift).")
  private TestTimeAugmentation views;

  /** Creates the option with its default; picocli sets its value. */
  public TtaOption() {}

  public Optional<TestTimeAugmentation> views() {
    return Optional.ofNullable(views);
  }

  /** Returns the single data set for a network with one input and one output. */
  public static Dataset only(MultiDataset set) {
    return set.inputs().values().iterator().next();
  }
}
