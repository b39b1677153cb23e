package dev.quern.cli.run;

import dev.quern.cli.data.DataSource;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.engine.Engine;
import dev.quern.io.file.Version;
import dev.quern.predict.ModelData;
import dev.quern.train.Trainer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Provenance of a model: the settings needed to train the model again. Provenance contains no date,
 * so that equal runs write equal files.
 */
public final class Provenance {
  /** The key of the data set's name. */
  public static final String DATA = "data";

  /** Suffix of the data set's name for custom data set files; no built-in data set has it. */
  static final String OWN = "/train.safetensors";

  /** Suffix of the data set's name for an image folder. */
  static final String PICTURES = "/";

  /** Suffix of the data set's name for a CSV file. */
  static final String TABLE = ".csv";

  /** Suffix of the data set's name for arrays. */
  static final String ARRAYS = "/arrays";

  private Provenance() {}

  /**
   * Returns the name of the data set that a model was trained on, without the path, which may not
   * exist on other machines.
   */
  public static String data(DataSource source, String name) {
    if (source instanceof DataSource.Pictures) {
      return name + PICTURES;
    }
    if (source instanceof DataSource.Table) {
      return name + TABLE;
    }
    if (source instanceof DataSource.Arrays) {
      return name + ARRAYS;
    }
    return source instanceof DataSource.SetFiles ? name + OWN : name;
  }

  /** Returns whether a data set's name stands for custom files. */
  public static boolean isOwn(String data) {
    return data.endsWith(OWN)
        || data.endsWith(PICTURES)
        || data.endsWith(TABLE)
        || data.endsWith(ARRAYS);
  }

  /**
   * Returns the number of training samples per class of the first or only output, as {@link
   * ModelData#CLASS_COUNTS}; empty if the output has no classes.
   */
  public static Map<String, String> classCounts(MultiDataset train) {
    Dataset first = train.targets().values().iterator().next();
    if (first.hasTargets() || first.classes().isEmpty()) {
      return Map.of();
    }
    long[] counts = new long[first.classes().size()];
    for (int i = 0; i < first.size(); i++) {
      int label = first.label(i);
      if (label >= 0 && label < counts.length) { // training rejects other labels
        counts[label]++;
      }
    }
    String text = LongStream.of(counts).mapToObj(Long::toString).collect(Collectors.joining(","));
    return Map.of(ModelData.CLASS_COUNTS, text);
  }

  /**
   * Returns the entries of the provenance.
   *
   * @param data the name of the data set, or of the training file
   * @param images number of training images
   * @param optimizer the optimizer's settings by name
   */
  public static Map<String, String> entries(
      Trainer trainer,
      String data,
      int images,
      long seed,
      int epochs,
      int batch,
      Map<String, String> optimizer) {
    Engine.Info engine = Engine.info();
    Map<String, String> all = new LinkedHashMap<>(optimizer);
    all.put(DATA, data);
    all.put("images", Integer.toString(images));
    all.put("seed", Long.toString(seed));
    all.put("epochs", Integer.toString(epochs));
    all.put("batch", Integer.toString(batch));
    all.put("quern", Version.TEXT);
    all.put("java", System.getProperty("java.version"));
    all.put("platform", engine.platform());
    all.put("isa", engine.isa());
    all.put("openblas", engine.openblasConfig());
    all.put("openblas_core", engine.openblasCore());
    all.put("conv2d", trainer.implementations().toString());
    all.put("threads", Integer.toString(engine.threads()));
    return all;
  }
}
