package dev.quern.cli;

import dev.quern.io.Datasets;
import dev.quern.io.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The value of {@code --data}: a data set that Quern knows, or files of the user's own. */
sealed interface DataSource {
  /** Passes over the training images where the user says nothing. */
  int epochs();

  /** The learning rate of SGD where the user says nothing. */
  float lr();

  /** One of {@link Datasets#names()}. */
  record Known(DatasetFacts facts) implements DataSource {
    @Override
    public int epochs() {
      return facts.epochs();
    }

    @Override
    public float lr() {
      return facts.lr();
    }
  }

  /** A folder with a data set file for each split, or one such file. */
  record Own(Path path) implements DataSource {
    private static final int EPOCHS = 10;
    private static final float LR = 0.01f;

    @Override
    public int epochs() {
      return EPOCHS;
    }

    @Override
    public float lr() {
      return LR;
    }

    /** The file of a split: that in the folder, or the one that was named. */
    Path file(Split split) {
      return Files.isDirectory(path)
          ? path.resolve(split == Split.TRAIN ? "train.safetensors" : "test.safetensors")
          : path;
    }
  }

  /** A folder of pictures. */
  record Pictures(Path path) implements DataSource {
    /** What LeNet learns some hundred pictures in. */
    private static final int EPOCHS = 20;

    private static final float LR = 0.01f;

    @Override
    public int epochs() {
      return EPOCHS;
    }

    @Override
    public float lr() {
      return LR;
    }
  }

  /** Whether files of the user's own are named. */
  default boolean isOwn() {
    return !(this instanceof Known);
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
              + ", and no folder or file");
    }
    boolean file =
        !Files.isDirectory(path)
            || Files.exists(path.resolve("train.safetensors"))
            || Files.exists(path.resolve("test.safetensors"));
    return file ? new Own(path) : new Pictures(path);
  }

  /** Makes option values of words. */
  final class Converter implements ITypeConverter<DataSource> {
    @Override
    public DataSource convert(String value) {
      return of(value);
    }
  }
}
