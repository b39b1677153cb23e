package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.io.dataset.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Custom data sets that are open for both splits. */
interface OpenSets extends AutoCloseable {
  /** A line that describes their content. */
  String summary();

  /**
   * The samples of a split, at least one.
   *
   * @throws BadValueException if the split is empty
   */
  Dataset set(Split split);

  /**
   * Returns a data set if it is not empty.
   *
   * @param none message for an empty one, such as "pets contains no images"
   * @throws BadValueException if it is empty
   */
  static Dataset requireSome(CommandSpec command, Dataset set, Split split, String none) {
    if (set.size() == 0) {
      throw new BadValueException(
          command,
          none
              + (split == Split.TRAIN ? " to train on" : " to test on")
              + "; --test-part sets the fraction that is held out");
    }
    return set;
  }

  /** The validation set; may be empty. */
  Dataset validation();

  /** The files of the test samples, by their indices; empty if samples are not files. */
  default List<Path> testFiles() {
    return List.of();
  }

  /** Adds the settings that decide what is held out. */
  void putInto(Map<String, String> words);

  /** Gives files and memory back; its sets are not read any more. */
  @Override
  void close();
}
