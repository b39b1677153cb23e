package dev.quern.cli.data;

import dev.quern.io.ArrayFiles;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The value of {@code --data}: a built-in data set or custom files. */
public sealed interface DataSource {
  /** Returns the default settings for training a new network on this data. */
  Usual usual();

  /** A built-in data set, one of {@link Datasets#names()}. */
  record Known(DatasetFacts facts) implements DataSource {
    @Override
    public Usual usual() {
      return Usual.sgd(facts.lr(), facts.epochs());
    }
  }

  /** A data source that consists of custom files. */
  sealed interface Own extends DataSource {
    /** Returns the path of the file or folder. */
    Path path();

    @Override
    default Usual usual() {
      return Usual.sgd(10);
    }
  }

  /** A folder with a data set file for each split, or a single data set file. */
  record SetFiles(Path path) implements Own {
    /** Returns the file of a split: the split's file in the folder, or the single file. */
    Path file(Split split) {
      return Files.isDirectory(path)
          ? path.resolve(split == Split.TRAIN ? "train.safetensors" : "test.safetensors")
          : path;
    }
  }

  /** A file or folder of arrays. */
  record Arrays(Path path) implements Own {}

  /** A CSV file with a header. */
  record Table(Path path) implements Own {
    /** Name of the default network for the rows. */
    public static final String NETWORK = "mlp";

    @Override
    public Usual usual() {
      return Usual.TABLE;
    }
  }

  /** An image folder. */
  record Pictures(Path path) implements Own {
    /** Name of the default network for images with masks. */
    public static final String OF_MASKS = "unet";

    @Override
    public Usual usual() {
      return Usual.PICTURES;
    }
  }

  /** Returns whether the source consists of custom files. */
  default boolean isOwn() {
    return this instanceof Own;
  }

  static DataSource of(String value) {
    if (Datasets.names().contains(value)) {
      return new Known(DatasetFacts.of(value));
    }
    Path path = Path.of(value);
    if (value.isEmpty() || !Files.exists(path)) {
      String name = value.toLowerCase(Locale.ROOT);
      if (Datasets.names().contains(name)) {
        return new Known(DatasetFacts.of(name));
      }
      throw new TypeConversionException(
          "'"
              + value
              + "' is not a built-in data set ("
              + String.join(", ", Datasets.names())
              + "), a folder or a file");
    }
    if (isTable(path)) {
      return new Table(path);
    }
    if (ImageFolder.isAt(path)) {
      return new Pictures(path);
    }
    if (ArrayFiles.isAt(path)) {
      return new Arrays(path);
    }
    boolean file =
        !Files.isDirectory(path)
            || Files.exists(path.resolve("train.safetensors"))
            || Files.exists(path.resolve("test.safetensors"));
    return file ? new SetFiles(path) : new Pictures(path);
  }

  /** Returns whether a path has the extension of a CSV file. */
  static boolean isTable(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".csv") && !Files.isDirectory(path);
  }

  /** Converter of the value of {@code --data}. */
  final class Converter implements ITypeConverter<DataSource> {
    @Override
    public DataSource convert(String value) {
      return of(value);
    }
  }
}
