package dev.quern.io.dataset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.table.Table;
import dev.quern.io.table.TableOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link CsvFile}. Each method changes this builder and returns it. Not thread-safe.
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

  /** Channels of a signal; 0 for rows of features. */
  int channels;

  /** Below 0 where nothing is held out. */
  double train = -1;

  long seed;

  CsvFileBuilder(Path file) {
    this.file = file;
  }

  /**
   * The column of class names, for classification.
   *
   * @throws InvalidArgumentException if it is null
   */
  public CsvFileBuilder label(String column) {
    label = Require.present(CsvFile.OP, "label", column);
    return this;
  }

  /**
   * The classes' names in label order; default those of the label column, sorted. A label that is
   * not one of them is an error.
   *
   * @throws InvalidArgumentException if there are none, or one is there twice
   */
  public CsvFileBuilder classes(List<String> names) {
    classes = Require.classes(CsvFile.OP, names);
    return this;
  }

  /**
   * The columns of numbers to predict, for regression.
   *
   * @throws InvalidArgumentException if one is null
   */
  public CsvFileBuilder targets(List<String> columns) {
    targets = Require.all(CsvFile.OP, "targets", columns);
    return this;
  }

  /**
   * The columns of features, in the order of a sample's values; default all columns without another
   * role, in the file's order. Columns that are not listed are ignored then.
   *
   * @throws InvalidArgumentException if one is null
   */
  public CsvFileBuilder features(List<String> columns) {
    features = Require.all(CsvFile.OP, "features", columns);
    return this;
  }

  /**
   * Columns that are not features, such as an identifier. A column without a name is ignored in any
   * case.
   *
   * @throws InvalidArgumentException if one is null
   */
  public CsvFileBuilder ignore(List<String> columns) {
    ignored = Require.all(CsvFile.OP, "ignore", columns);
    return this;
  }

  /**
   * The column that says train, val or test for each row.
   *
   * @throws InvalidArgumentException if it is null
   */
  public CsvFileBuilder splitColumn(String column) {
    split = Require.present(CsvFile.OP, "split column", column);
    return this;
  }

  /**
   * Holds rows out for testing if there is no split column: this part trains, of each class, and
   * the rest is {@link CsvFile#test()}. The same seed gives the same parts.
   *
   * @param part from 0, nothing trains, to 1, all does
   * @throws InvalidArgumentException if it is outside
   */
  public CsvFileBuilder split(double part, long by) {
    train = Require.part(CsvFile.OP, "split", part);
    seed = by;
    return this;
  }

  /**
   * The column of sample weights, numbers of at least 0: see {@link
   * dev.quern.data.Dataset#withWeights}.
   *
   * @throws InvalidArgumentException if it is null
   */
  public CsvFileBuilder weights(String column) {
    weight = Require.present(CsvFile.OP, "weights", column);
    return this;
  }

  /**
   * The value of a feature whose cell is empty or {@code NA}; default: such a cell is an error.
   *
   * @throws InvalidArgumentException if it is not finite
   */
  public CsvFileBuilder missing(float value) {
    if (!Float.isFinite(value)) {
      throw new InvalidArgumentException(CsvFile.OP + ": missing " + value + " is not finite");
    }
    missing = value;
    return this;
  }

  /**
   * Makes samples signals {@code [C, L]}, with the values of the first channel in the first L
   * feature columns. Default: rows {@code [F]}. {@link dev.quern.data.Dataset#normalization()} has
   * one mean for a signal, one for each feature of a row.
   *
   * @param count number of channels, which divides the number of feature columns
   * @throws InvalidArgumentException if it is below 1
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
   * The character between cells; default a comma.
   *
   * @throws InvalidArgumentException if it is a quote, a line break, a dot, a minus, a letter or a
   *     digit
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
   * @throws InvalidArgumentException if there is neither a label nor a target column, or both are,
   *     or classes are given without a label
   * @throws dev.quern.error.NotFoundException if there is no such file
   * @throws dev.quern.error.FormatException if it is not CSV with a header, a column is missing, or
   *     a cell is wrong: names line, column and rule
   * @throws dev.quern.error.NumericException if a number is not finite; names line and column
   * @throws dev.quern.error.FileAccessException if the system refuses to read
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap has no room
   */
  public CsvFile open() {
    if (label == null == targets.isEmpty()) {
      throw new InvalidArgumentException(
          CsvFile.OP
              + ": "
              + file
              + (label == null
                  ? ": no label and no target columns are given"
                  : ": a label and target columns exclude each other"));
    }
    if (classes != null && label == null) {
      throw new InvalidArgumentException(CsvFile.OP + ": classes are given without a label column");
    }
    return CsvFile.of(CsvFile.name(file), Table.read(CsvFile.OP, options()), this);
  }

  /**
   * Reads the features of each row, for prediction: neither a label nor targets are needed.
   *
   * @return a row for each of the file's
   * @throws dev.quern.error.QuernException as {@link #open}
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
