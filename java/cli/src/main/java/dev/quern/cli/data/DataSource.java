package dev.quern.cli.data;

import dev.quern.io.ArrayFiles;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The value of {@code --data}: a built-in data set or custom files. */
public sealed interface DataSource {
  /** Default settings for training a new network on this data. */
  Usual usual();

  /** One of {@link Datasets#names()}. */
  record Known(DatasetFacts facts) implements DataSource {
    @Override
    public Usual usual() {
      return Usual.sgd(facts.lr(), facts.epochs());
    }
  }

  /** Custom files. */
  sealed interface Own extends DataSource {
    /** Path of the file or folder. */
    Path path();

    @Override
    default Usual usual() {
      return Usual.sgd(10);
    }
  }

  /** A folder with a data set file for each split, or one such file. */
  record SetFiles(Path path) implements Own {
    /** The file of a split: that in the folder, or the one that was named. */
    Path file(Split split) {
      return Files.isDirectory(path)
          ? path.resolve(split == Split.TRAIN ? "train.safetensors" : "test.safetensors")
          : path;
    }
  }

  /** A file or folder of arrays. */
  record Arrays(Path path) implements Own {}

  /** An image folder. */
  record Pictures(Path path) implements Own {
    @Override
    public Usual usual() {
      return Usual.PICTURES;
    }
  }

  /** Whether the source is custom files. */
  default boolean isOwn() {
    return this instanceof Own;
  }

  static DataSource of(String value) {
    if (Datasets.names().contains(value)) {
      return new Known(DatasetFacts.of(value));
    }
    Path path = Path.of(value);
    if (value.isEmpty() || !Files.exists(path)) {
      throw new TypeConversionException(
          "'"
              + value
              + "' is not one of "
              + String.join(", ", Datasets.names())
              + ", nor a folder or file");
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

  /** Makes option values of words. */
  final class Converter implements ITypeConverter<DataSource> {
    @Override
    public DataSource convert(String value) {
      return of(value);
    }
  }
}
