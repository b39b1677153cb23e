package dev.quern.cli.data;

import dev.quern.io.dataset.Datasets;
import dev.quern.tensor.Shape;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Facts about a built-in data set that are known without its files, and default settings for
 * training on it.
 *
 * @param input shape of one image
 * @param epochs number of epochs after which LeNet hardly improves, measured on held-out training
 *     images
 * @param lr initial learning rate of LeNet with momentum 0.9, batches of 64 and a cosine schedule,
 *     chosen on held-out training images
 */
public record DatasetFacts(String name, Shape input, int classes, int epochs, float lr) {
  /** Name of the data set that is part of Quern. */
  public static final String BUNDLED = "fashion-mnist-sample";

  private static final Shape COLOUR = Shape.of(3, 32, 32);

  static DatasetFacts of(String name) {
    Shape grey = Shape.of(1, 28, 28);
    return switch (name) {
      case "cifar10" -> new DatasetFacts(name, COLOUR, 10, 10, 0.01f);
      // the settings of cifar10, which has images of the same size
      case "cifar100" -> new DatasetFacts(name, COLOUR, 100, 10, 0.01f);
      case "cifar100-coarse" -> new DatasetFacts(name, COLOUR, 20, 10, 0.01f);
      case "svhn" -> new DatasetFacts(name, COLOUR, 10, 10, 0.01f);
      case "mnist" -> new DatasetFacts(name, grey, 10, 5, 0.01f);
      case "fashion-mnist" -> new DatasetFacts(name, grey, 10, 5, 0.02f);
      case BUNDLED -> new DatasetFacts(name, grey, 10, 10, 0.02f);
      default ->
          throw new TypeConversionException(
              "'" + name + "' is not one of " + String.join(", ", Datasets.names()));
    };
  }

  /** Converter of the value of {@code --data}. */
  public static final class Converter implements ITypeConverter<DatasetFacts> {
    @Override
    public DatasetFacts convert(String value) {
      return of(value.toLowerCase(Locale.ROOT));
    }
  }
}
