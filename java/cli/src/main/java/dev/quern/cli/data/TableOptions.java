package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.io.dataset.CsvFile;
import dev.quern.io.dataset.CsvFileBuilder;
import dev.quern.io.dataset.Split;
import dev.quern.io.file.Csv;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of a CSV file. The file is opened once for both splits. */
public final class TableOptions implements OpenSets {
  /** The provenance key for the names of a model's feature columns, stored as a line of CSV. */
  public static final String FEATURES = "feature_columns";

  private static final List<String> NAMES =
      List.of(
          "--label-column",
          "--target-columns",
          "--ignore-columns",
          "--split-column",
          "--missing-value",
          "--signal-channels",
          "--separator");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description =
          "CSV file: the column of class names. All columns without another role are numeric"
              + " features; each feature is normalized separately.")
  private String label;

  @Option(
      names = "--target-columns",
      paramLabel = "NAME,...",
      converter = Line.class,
      description = "CSV file: the columns with the numbers that a regression predicts.")
  private Names targets = new Names(List.of());

  @Option(
      names = "--ignore-columns",
      paramLabel = "NAME,...",
      converter = Line.class,
      description =
          "CSV file: the columns that are not features, for example an identifier. A name that"
              + " contains a comma must be quoted as in the file.")
  private Names ignored = new Names(List.of());

  @Option(
      names = "--split-column",
      paramLabel = "NAME",
      description =
          "CSV file: the column that contains \"train\", \"val\" or \"test\" for each row (default:"
              + " --test-part is the fraction of rows for testing).")
  private String split;

  @Option(
      names = "--missing-value",
      paramLabel = "X",
      converter = Finite.class,
      description =
          "CSV file: the number that replaces empty cells and NA in feature columns (default: such"
              + " cells are an error).")
  private Float missing;

  @Option(
      names = "--signal-channels",
      paramLabel = "N",
      converter = Channels.class,
      description =
          "CSV file: each row is a signal of N channels, one channel after the other (default: each"
              + " row is a list of features).")
  private Integer channels;

  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      converter = Separator.class,
      description = "CSV file: the character between cells, or \"tab\"; default: a comma.")
  private Character separator;

  /** The model's provenance, which contains the roles of columns; empty in training. */
  private Map<String, String> known = Map.of();

  private CsvFile file;

  /** The options that split the data; null if the file determines the test samples. */
  private ImageFolderOptions division;

  /** Creates the options with their defaults; picocli sets their values. */
  public TableOptions() {}

  /** A list of column names. */
  record Names(List<String> all) {}

  /**
   * Converter of the values of {@code --target-columns} and {@code --ignore-columns}, a line of
   * CSV.
   */
  static final class Line implements ITypeConverter<Names> {
    @Override
    public Names convert(String value) {
      try {
        List<Csv.Row> rows = Csv.rows("columns", value);
        if (rows.size() == 1) {
          return new Names(rows.get(0).cells());
        }
      } catch (FormatException e) {
        // reported below
      }
      throw new TypeConversionException("'" + value + "' is not a comma-separated list of names");
    }
  }

  /** Converter of the value of {@code --missing-value}. */
  static final class Finite implements ITypeConverter<Float> {
    @Override
    public Float convert(String value) {
      try {
        float number = Float.parseFloat(value);
        if (Float.isFinite(number)) {
          return number;
        }
      } catch (NumberFormatException e) {
        // reported below
      }
      throw new TypeConversionException("'" + value + "' is not a finite number");
    }
  }

  /** Converter of the value of {@code --signal-channels}. */
  static final class Channels implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (!value.matches("[1-9]\\d{0,5}")) {
        throw new TypeConversionException("'" + value + "' is not a number of channels");
      }
      return Integer.valueOf(value);
    }
  }

  /** Converter of the value of {@code --separator}. */
  static final class Separator implements ITypeConverter<Character> {
    @Override
    public Character convert(String value) {
      if (value.equals("tab")) {
        return '\t';
      }
      if (value.length() != 1) {
        throw new TypeConversionException("'" + value + "' is neither one character nor tab");
      }
      return value.charAt(0);
    }
  }

  /** Takes the roles of columns from a model's provenance, except roles that an option sets. */
  void remember(Map<String, String> provenance) {
    known = provenance;
  }

  /**
   * Opens a file.
   *
   * @param classes class names in label order; empty to use the class names in the file
   * @param divided options that split the data if the file does not determine the test samples
   */
  void open(Path path, List<String> classes, ImageFolderOptions divided) {
    if (label == null && !areTargets()) {
      label = known.get("label_column");
      targets = new Names(list(known.get("target_columns")));
    }
    if (label != null == areTargets()) {
      throw new BadValueException(
          command,
          "--data "
              + path
              + (label == null
                  ? ": --label-column NAME or --target-columns NAME,... must name what to predict"
                  : ": --label-column and --target-columns exclude each other"));
    }
    CsvFileBuilder b =
        BadValueException.check(command, () -> builder(path, known, missing, separator));
    b.ignore(ignored.all()).split(1 - divided.testPart(), divided.splitSeed());
    if (label != null) {
      b.label(label);
      if (!classes.isEmpty()) {
        b.classes(classes);
      }
    } else {
      b.targets(targets.all());
    }
    if (split == null) {
      split = known.get("split_column");
    }
    if (split != null) {
      b.splitColumn(split);
    }
    if (divided.weightColumn() != null) {
      b.weights(divided.weightColumn());
    }
    if (channels == null && known.containsKey("signal_channels")) {
      channels = Integer.valueOf(known.get("signal_channels"));
    }
    if (channels != null) {
      b.signal(channels);
    }
    file = BadValueException.check(command, b::open);
    division = file.isDivided() ? divided : null;
  }

  /**
   * Returns a builder for a CSV file; the builder selects the columns that a model was trained on.
   *
   * @param provenance provenance of the model
   */
  public static CsvFileBuilder builder(Path path, Map<String, String> provenance) {
    return builder(path, provenance, null, null);
  }

  private static CsvFileBuilder builder(
      Path path, Map<String, String> known, Float missing, Character separator) {
    CsvFileBuilder b = CsvFile.builder(path).features(list(known.get(FEATURES)));
    if (missing != null) {
      b.missing(missing);
    } else if (known.containsKey("missing_value")) {
      b.missing(new Finite().convert(known.get("missing_value")));
    }
    if (separator != null) {
      b.separator(separator);
    } else if (known.containsKey("separator")) {
      b.separator(new Separator().convert(known.get("separator")));
    }
    return b;
  }

  /** Returns the names in a line of CSV; empty without a line. */
  private static List<String> list(String line) {
    return line == null ? List.of() : Csv.rows("columns", line).get(0).cells();
  }

  boolean areTargets() {
    return !targets.all().isEmpty();
  }

  @Override
  public String summary() {
    String validation =
        file.validation().size() == 0 ? "" : file.validation().size() + " validation, ";
    return Failures.printable(
        file.name()
            + ": "
            + file.features().size()
            + " feature columns; "
            + file.train().size()
            + " training, "
            + validation
            + file.test().size()
            + " test rows; "
            + (areTargets()
                ? "targets " + String.join(", ", targets.all())
                : file.classes().size() + " classes of " + label));
  }

  @Override
  public Dataset set(Split which) {
    Dataset set = which == Split.TRAIN ? file.train() : file.test();
    return OpenSets.requireSome(command, set, which, file.name() + " has no rows");
  }

  @Override
  public Dataset validation() {
    return file.validation();
  }

  @Override
  public void putInto(Map<String, String> words) {
    if (division != null) {
      words.put("test_part", Double.toString(division.testPart()));
      words.put("split_seed", Long.toString(division.splitSeed()));
    }
    if (label != null) {
      words.put("label_column", label);
    } else {
      words.put("target_columns", Csv.line(targets.all()));
    }
    if (split != null) {
      words.put("split_column", split);
    }
    if (missing != null) {
      words.put("missing_value", missing.toString());
    }
    if (channels != null) {
      words.put("signal_channels", channels.toString());
    }
    if (separator != null) {
      words.put("separator", separator == '\t' ? "tab" : separator.toString());
    }
    words.put(FEATURES, Csv.line(file.features()));
  }

  @Override
  public void close() {
    // the file is in memory
  }

  /**
   * Checks that no option for a CSV file is given.
   *
   * @throws BadValueException if such an option is given
   */
  void requireNone(CommandSpec own) {
    BadValueException.refuse(own, NAMES, name -> name + " requires a CSV file: --data FILE.csv");
  }
}
