package dev.quern.cli.train;

import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.TableOptions;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.run.Provenance;
import dev.quern.cli.run.Runs;
import dev.quern.data.MultiDataset;
import dev.quern.recipe.Recipe;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * State of {@code quern train} before its run has a folder.
 *
 * @param tested the recipe; may be null
 * @param passes number of epochs
 * @param size batch size
 * @param found a line that describes an image folder; may be null
 * @param words the options by name
 */
public record Preparation(
    DataSource source,
    Recipe tested,
    int passes,
    int size,
    String found,
    TrainingData sets,
    TrainerBuilder settings,
    Map<String, String> words) {
  /** The default folder of runs of the network and data set. */
  Path name() {
    return Runs.named(sets.network().name(), TrainingData.name(sets.train()));
  }

  /** Batch, optimizer and seed in words. */
  String head(long seed) {
    String all =
        words.entrySet().stream()
            .filter(e -> !e.getKey().equals(TableOptions.FEATURES)) // which may be very many
            .map(e -> e.getKey().replace('_', ' ') + " " + e.getValue())
            .collect(Collectors.joining(", "));
    return "batch " + size + ", " + all + ", seed " + seed;
  }

  /** Returns the provenance of the run's model. */
  public Map<String, String> provenance(Trainer trainer, long seed) {
    MultiDataset train = sets.train();
    String data = Provenance.data(source, TrainingData.name(train));
    Map<String, String> all =
        Provenance.entries(trainer, data, train.size(), seed, passes, size, words);
    all.putAll(Provenance.classCounts(train));
    return all;
  }

  /** Options with defaults that depend on the data set or the optimizer. */
  Map<String, String> resolved() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("epochs", Integer.toString(passes));
    all.put("batch", Integer.toString(size));
    for (String name : List.of("optimizer", "lr")) {
      if (words.containsKey(name)) {
        all.put(name, words.get(name));
      }
    }
    if (source instanceof DataSource.Table) {
      all.put("net", DataSource.Table.NETWORK);
    }
    if (source instanceof DataSource.Known known) {
      all.put("data", known.facts().name());
    }
    return all;
  }
}
