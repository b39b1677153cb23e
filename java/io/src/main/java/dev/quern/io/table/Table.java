package dev.quern.io.table;

import dev.quern.error.FormatException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.Csv;
import dev.quern.io.folder.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The content of a table with a header: the features of each row, and its label or targets. */
public final class Table {
  private final String what;
  private final TableOptions options;
  private @Nullable Columns columns;
  private final Floats features;
  private final Floats targets;
  private final Floats weights;
  private final List<String> found = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<Integer> labels = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private int rows;

  private Table(String what, TableOptions options) {
    this.what = what;
    this.options = options;
    features = new Floats(what);
    targets = new Floats(what);
    weights = new Floats(what);
  }

  /**
   * Reads a table from a file.
   *
   * @param operation the operation, with which messages begin
   * @throws FormatException if the file is not a table with a header, or a column or cell is
   *     invalid; the message names line, column and rule
   * @throws NumericException if a number is not finite
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public static Table read(String operation, TableOptions options) {
    String what = operation + ": " + options.file();
    return Heap.within(
        what,
        () -> {
          Table table = new Table(what, options);
          Csv.read(operation, options.file(), options.separator(), table::add);
          if (table.rows == 0) {
            throw new FormatException(what + " has no rows below its header");
          }
          return table;
        });
  }

  private void add(Csv.Row row) {
    if (columns == null) {
      columns = Columns.of(what, row.cells(), options);
      return;
    }
    Columns c = columns;
    List<String> cells = row.cells();
    if (cells.size() != c.size()) {
      throw new FormatException(
          what
              + ": line "
              + row.line()
              + " has "
              + cells.size()
              + " cells, the header has "
              + c.size());
    }
    for (int column : c.features) {
      boolean isMissing = isMissing(cells.get(column)) && options.missing() != null;
      features.add(isMissing ? options.missing() : number(row, column));
    }
    for (int column : c.targets) {
      targets.add(number(row, column));
    }
    if (c.weight >= 0) {
      weights.add(weight(row, c.weight));
    }
    if (c.label >= 0) {
      labels.add(label(row, c.label));
    }
    if (c.split >= 0) {
      String word = cells.get(c.split);
      parts.add(
          Part.of(word)
              .orElseThrow(
                  () -> wrong(row, c.split, Numbers.shown(word) + " is not train, val or test")));
    }
    rows++;
  }

  /** Returns whether a cell is empty or {@code NA}. */
  private static boolean isMissing(String cell) {
    return cell.isEmpty() || cell.equals("NA");
  }

  private float number(Csv.Row row, int column) {
    String cell = row.cells().get(column);
    if (isMissing(cell)) {
      throw wrong(row, column, "the value is missing");
    }
    Float value = Numbers.parse(cell);
    if (value == null) {
      throw wrong(row, column, Numbers.shown(cell) + " is not a number");
    }
    if (!Float.isFinite(value)) {
      throw new NumericException(
          where(row, column) + Numbers.shown(cell) + " is not a finite number");
    }
    return value;
  }

  private float weight(Csv.Row row, int column) {
    float weight = number(row, column);
    if (weight < 0) {
      throw wrong(row, column, "the weight " + weight + " must be at least 0");
    }
    return weight;
  }

  private int label(Csv.Row row, int column) {
    String name = row.cells().get(column);
    if (name.isEmpty()) {
      throw wrong(row, column, "the label is missing");
    }
    if (options.classes() != null && !options.classes().contains(name)) {
      throw wrong(row, column, Numbers.shown(name) + " is not one of " + options.classes());
    }
    Integer known = numbers.get(name);
    if (known == null) {
      known = found.size();
      numbers.put(name, known);
      found.add(name);
    }
    return known;
  }

  private QuernException wrong(Csv.Row row, int column, String rule) {
    return new FormatException(where(row, column) + rule);
  }

  private String where(Csv.Row row, int column) {
    return what + ": line " + row.line() + ", column " + columns.name(column) + ": ";
  }

  /** Returns the number of rows, at least 1. */
  public int rows() {
    return rows;
  }

  public List<String> featureNames() {
    return columns.names(columns.features);
  }

  /** Returns the features, row after row. */
  public float[] features() {
    return features.toArray();
  }

  /** Returns the targets, row after row; empty without target columns. */
  public float[] targets() {
    return targets.toArray();
  }

  /** Returns the sample weights, one for each row; empty without a weight column. */
  public float[] weights() {
    return weights.toArray();
  }

  /** Returns the split of each row; empty without a split column. */
  public List<Part> parts() {
    return parts;
  }

  /**
   * Returns the class names: the names in the options or, without these, the names in the file,
   * sorted.
   */
  public List<String> classes() {
    return options.classes() == null ? List.copyOf(new TreeSet<>(found)) : options.classes();
  }

  /** Returns the class index of each row; empty without labels. */
  public int[] labels() {
    List<String> classes = classes();
    int[] order = found.stream().mapToInt(classes::indexOf).toArray();
    return labels.stream().mapToInt(i -> order[i]).toArray();
  }
}
