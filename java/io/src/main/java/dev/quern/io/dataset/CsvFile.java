package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.folder.Part;
import dev.quern.io.folder.Stratified;
import dev.quern.io.table.Table;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A CSV file of tabular data or signals, read into data sets of floats. The file has a header with
 * the names of the columns, then one sample per row. One column contains the label (for
 * classification), or some columns contain targets (for regression); the other columns are the
 * features {@code [F]}.
 *
 * <pre>{@code
 * CsvFile flowers = CsvFile.builder(Path.of("flowers.csv")).label("species").split(0.8, 1).open();
 * Dataset train = flowers.train();
 * Network network = Networks.mlp(train.shape(), flowers.classes().size());
 * try (Trainer trainer =
 *     Trainer.builder(network).normalization(train.normalization()).build()) {
 *   trainer.fit(train, 50);
 *   System.out.println(trainer.evaluate(flowers.test()));
 * }
 * }</pre>
 *
 * The text is UTF-8 with or without a byte order mark, and follows RFC 4180: cells may be quoted;
 * spaces around cells are ignored. Numbers have a decimal point. The content is in memory, so
 * nothing needs to be closed. This object and its data sets are immutable and thread-safe.
 */
public final class CsvFile {
  static final String OP = "csv";

  private final String name;
  private final List<String> features;
  private final List<String> classes;
  private final boolean divided;
  private final Map<Part, Dataset> sets;

  private CsvFile(
      String name,
      List<String> features,
      List<String> classes,
      boolean divided,
      Map<Part, Dataset> sets) {
    this.name = name;
    this.features = features;
    this.classes = classes;
    this.divided = divided;
    this.sets = sets;
  }

  /**
   * Returns a builder with options for opening a CSV file; the file is read by {@link
   * CsvFileBuilder#open}.
   *
   * @param file the file, with any extension
   */
  public static CsvFileBuilder builder(Path file) {
    return new CsvFileBuilder(Require.present(OP, "file", file));
  }

  static CsvFile of(String name, Table table, CsvFileBuilder b) {
    Dataset all = all(name, table, b);
    Map<Part, Dataset> sets = new EnumMap<>(Part.class);
    boolean divided = false;
    if (!table.parts().isEmpty()) {
      for (Part part : Part.values()) {
        sets.put(part, those(all, i -> table.parts().get(i) == part));
      }
    } else if (b.train >= 0) {
      int[] labels = all.hasTargets() ? new int[all.size()] : table.labels();
      int classes = all.hasTargets() ? 1 : all.classes().size();
      boolean[] out = Stratified.heldOut(labels, classes, b.train, b.seed);
      sets.put(Part.TRAIN, those(all, i -> !out[i]));
      sets.put(Part.TEST, those(all, i -> out[i]));
      divided = true;
    } else {
      sets.put(Part.TRAIN, all);
    }
    return new CsvFile(name, List.copyOf(table.featureNames()), all.classes(), divided, sets);
  }

  private static Dataset all(String name, Table table, CsvFileBuilder b) {
    int each = table.featureNames().size();
    if (b.channels > 0 && each % b.channels != 0) {
      throw new FormatException(
          OP
              + ": "
              + name
              + ": "
              + each
              + " feature columns are not a multiple of "
              + b.channels
              + " channels");
    }
    Shape shape =
        b.channels == 0 ? Shape.of(each) : Shape.of(b.channels, each / Math.max(1, b.channels));
    List<String> targets = b.targetNames();
    Dataset all =
        targets.isEmpty()
            ? Dataset.of(name, shape, table.classes(), table.features(), table.labels())
            : Dataset.ofTargets(
                    name,
                    shape,
                    table.features(),
                    Shape.of(targets.size()),
                    FloatBuffer.wrap(table.targets()))
                .withClasses(targets);
    return b.hasWeights() ? all.withWeights(table.weights()) : all;
  }

  private static Dataset those(Dataset all, IntPredicate wanted) {
    return all.subset(IntStream.range(0, all.size()).filter(wanted).toArray());
  }

  /** Returns the file's name without its extension. */
  static String name(Path file) {
    Path last = file.getFileName();
    String text = last == null ? "" : last.toString();
    int dot = text.lastIndexOf('.');
    return dot > 0 ? text.substring(0, dot) : text;
  }

  /** Returns the file's name without its extension. The data sets have the same name. */
  public String name() {
    return name;
  }

  /** Returns the names of the feature columns, in the order of a sample's values. */
  public List<String> features() {
    return features;
  }

  /** Returns the class names in label order, or the names of the target columns. */
  public List<String> classes() {
    return classes;
  }

  /** Returns the training samples: all rows if the file is not split; may be empty. */
  public Dataset train() {
    return set(Part.TRAIN);
  }

  /** Returns the validation samples, selected by the split column; may be empty. */
  public Dataset validation() {
    return set(Part.VALIDATION);
  }

  /**
   * Returns the test samples, selected by the split column or held out by the ratio; may be empty.
   */
  public Dataset test() {
    return set(Part.TEST);
  }

  /** Returns whether {@link #test()} was held out by the ratio, rather than by a split column. */
  public boolean isDivided() {
    return divided;
  }

  private Dataset set(Part part) {
    Dataset own = sets.get(part);
    return own == null ? sets.get(Part.TRAIN).slice(0, 0) : own;
  }

  @Override
  public String toString() {
    return "CsvFile "
        + name
        + ": "
        + features.size()
        + " features, "
        + train().size()
        + " training, "
        + validation().size()
        + " validation and "
        + test().size()
        + " test samples";
  }
}
