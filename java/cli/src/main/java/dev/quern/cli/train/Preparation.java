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
 * The prepared state of {@code quern train}, before the folder of the run is created.
 *
 * @param tested the recipe; null without {@code --recipe}
 * @param passes number of epochs
 * @param size batch size
 * @param found a line that describes the content of opened files; null for other data
 * @param words the settings by name, as text
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
  /** Returns the default folder of runs with this network and data set. */
  Path name() {
    return Runs.named(sets.network().name(), TrainingData.name(sets.train()));
  }

  /** Returns batch size, optimizer settings and seed as text. */
  String head(long seed) {
    String all =
        words.entrySet().stream()
            .filter(e -> !e.getKey().equals(TableOptions.FEATURES)) // may be very long
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

  /**
   * Returns the values of options whose defaults depend on the data set or the optimizer, by name.
   */
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
