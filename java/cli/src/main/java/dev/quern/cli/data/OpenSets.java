package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.io.dataset.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Custom data whose files are open; contains both splits. */
interface OpenSets extends AutoCloseable {
  /** Returns a line that describes the content. */
  String summary();

  /**
   * Returns the samples of a split, at least one.
   *
   * @throws BadValueException if the split is empty
   */
  Dataset set(Split split);

  /**
   * Returns a data set if it is not empty.
   *
   * @param none beginning of the message for an empty set, such as "pets contains no images"
   * @throws BadValueException if the set is empty
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

  /** Returns the validation set; may be empty. */
  Dataset validation();

  /** Returns the files of the test samples, by index; empty if samples are not files. */
  default List<Path> testFiles() {
    return List.of();
  }

  /** Adds the options that determine the held-out samples to a run's settings. */
  void putInto(Map<String, String> words);

  /** Closes the files and frees their memory; the data sets must not be read afterwards. */
  @Override
  void close();
}
