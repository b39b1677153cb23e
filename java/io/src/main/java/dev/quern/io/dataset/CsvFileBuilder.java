package dev.quern.io.dataset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.table.Table;
import dev.quern.io.table.TableOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A builder of a {@link CsvFile}. Each method changes this builder and returns it. Not thread-safe.
 */
public final class CsvFileBuilder {
  private final Path file;
  private char separator = ',';
  private @Nullable String label;
  private List<String> targets = List.of();
  private List<String> features = List.of();
  private List<String> ignored = List.of();
  private @Nullable String split;
  private @Nullable String weight;
  private @Nullable Float missing;
  private @Nullable List<String> classes;

  /** The number of channels of signals; 0 if samples are rows of features. */
  int channels;

  /** The fraction of rows for training; negative if no rows are held out. */
  double train = -1;

  long seed;

  CsvFileBuilder(Path file) {
    this.file = file;
  }

  /**
   * Sets the column that contains the class names, for classification.
   *
   * @throws InvalidArgumentException if {@code column} is null
   */
  public CsvFileBuilder label(String column) {
    label = Require.present(CsvFile.OP, "label", column);
    return this;
  }

  /**
   * Sets the class names in label order; the default is the names in the label column, sorted. Any
   * other label in the file is an error.
   *
   * @throws InvalidArgumentException if the list is empty, or a name occurs twice
   */
  public CsvFileBuilder classes(List<String> names) {
    classes = Require.classes(CsvFile.OP, names);
    return this;
  }

  /**
   * Sets the columns that contain the numbers to predict, for regression.
   *
   * @throws InvalidArgumentException if a name is null
   */
  public CsvFileBuilder targets(List<String> columns) {
    targets = Require.all(CsvFile.OP, "targets", columns);
    return this;
  }

  /**
   * Sets the columns of features, in the order of a sample's values; other columns without a role
   * are ignored. Default: all columns without another role, in the file's order.
   *
   * @throws InvalidArgumentException if a name is null
   */
  public CsvFileBuilder features(List<String> columns) {
    features = Require.all(CsvFile.OP, "features", columns);
    return this;
  }

  /**
   * Sets columns to ignore, such as an identifier. Columns without a name are always ignored.
   *
   * @throws InvalidArgumentException if a name is null
   */
  public CsvFileBuilder ignore(List<String> columns) {
    ignored = Require.all(CsvFile.OP, "ignore", columns);
    return this;
  }

  /**
   * Sets the column that assigns each row to a split: train, val or test.
   *
   * @throws InvalidArgumentException if {@code column} is null
   */
  public CsvFileBuilder splitColumn(String column) {
    split = Require.present(CsvFile.OP, "split column", column);
    return this;
  }

  /**
   * If there is no split column, uses the fraction {@code part} of each class for training and the
   * rest for testing, see {@link CsvFile#test()}. Equal seeds produce equal splits.
   *
   * @param part the fraction for training, from 0 to 1
   * @throws InvalidArgumentException if the fraction is outside this range
   */
  public CsvFileBuilder split(double part, long by) {
    train = Require.part(CsvFile.OP, "split", part);
    seed = by;
    return this;
  }

  /**
   * Sets the column of sample weights (numbers of at least 0), see {@link
   * dev.quern.data.Dataset#withWeights}.
   *
   * @throws InvalidArgumentException if {@code column} is null
   */
  public CsvFileBuilder weights(String column) {
    weight = Require.present(CsvFile.OP, "weights", column);
    return this;
  }

  /**
   * Sets the number that replaces a feature's empty or {@code NA} cell; by default, such a cell is
   * an error.
   *
   * @throws InvalidArgumentException if {@code value} is not finite
   */
  public CsvFileBuilder missing(float value) {
    if (!Float.isFinite(value)) {
      throw new InvalidArgumentException(CsvFile.OP + ": missing(" + value + ") must be finite");
    }
    missing = value;
    return this;
  }

  /**
   * Makes each sample a signal {@code [C, L]}: the first L feature columns are the first channel,
   * and so on. By default, samples are rows {@code [F]}. {@link
   * dev.quern.data.Dataset#normalization()} computes one mean for all values of signals, but one
   * mean per feature for rows.
   *
   * @param count the number of channels, which must divide the number of feature columns
   * @throws InvalidArgumentException if {@code count} is less than 1
   */
  public CsvFileBuilder signal(int count) {
    if (count < 1) {
      throw new InvalidArgumentException(
          CsvFile.OP + ": channels " + count + " must be at least 1");
    }
    channels = count;
    return this;
  }

  /**
   * Sets the separator between cells; default a comma.
   *
   * @throws InvalidArgumentException if the character is a quote, a line break, a dot, a minus, a
   *     letter or a digit
   */
  public CsvFileBuilder separator(char character) {
    if ("\"\r\n.-+".indexOf(character) >= 0 || Character.isLetterOrDigit(character)) {
      throw new InvalidArgumentException(
          CsvFile.OP + ": '" + character + "' cannot separate cells");
    }
    separator = character;
    return this;
  }

  /**
   * Reads the file into memory.
   *
   * @throws InvalidArgumentException if both or neither of label column and target columns are set,
   *     or if classes are set without a label column
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws dev.quern.error.FormatException if the file is not CSV with a header, a column is
   *     missing, or a cell is invalid; the message names line, column and rule
   * @throws dev.quern.error.NumericException if a number is not finite; the message names line and
   *     column
   * @throws dev.quern.error.FileAccessException if the system refuses to read the file
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public CsvFile open() {
    if (label == null == targets.isEmpty()) {
      throw new InvalidArgumentException(
          CsvFile.OP
              + ": "
              + file
              + (label == null
                  ? ": a label column or target columns are required"
                  : ": a label column and target columns exclude each other"));
    }
    if (classes != null && label == null) {
      throw new InvalidArgumentException(CsvFile.OP + ": classes are given without a label column");
    }
    return CsvFile.of(CsvFile.name(file), Table.read(CsvFile.OP, options()), this);
  }

  /**
   * Reads only the features of each row, for prediction; no label or target column is required.
   *
   * @return the features of each row of the file
   * @throws dev.quern.error.QuernException like {@link #open}
   */
  public float[][] rows() {
    Table table = Table.read(CsvFile.OP, options());
    float[] all = table.features();
    int each = all.length / table.rows();
    float[][] rows = new float[table.rows()][each];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all, i * each, rows[i], 0, each);
    }
    return rows;
  }

  List<String> targetNames() {
    return targets;
  }

  boolean hasWeights() {
    return weight != null;
  }

  private TableOptions options() {
    return new TableOptions(
        file, separator, label, targets, features, ignored, split, weight, missing, classes);
  }
}
