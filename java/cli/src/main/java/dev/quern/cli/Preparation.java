package dev.quern.cli;

import dev.quern.train.Recipe;
import dev.quern.train.TrainerBuilder;
import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code quern train} knows before its run has a folder.
 *
 * @param tested the recipe; null where the options say all
 * @param passes over the training images
 * @param size images a step
 * @param found what is in a folder of pictures, as a line; null where there is no such folder
 * @param words the options by name
 */
record Preparation(
    DataSource source,
    Recipe tested,
    int passes,
    int size,
    String found,
    TrainingData sets,
    TrainerBuilder settings,
    Map<String, String> words) {
  /** Where runs of the network and data set are, if nobody says. */
  Path name() {
    return Runs.named(sets.network().name(), TrainingData.name(sets.train()));
  }
}
