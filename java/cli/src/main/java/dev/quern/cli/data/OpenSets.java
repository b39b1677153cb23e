package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.io.dataset.Split;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Files of the user's own that are open for both splits. */
interface OpenSets extends AutoCloseable {
  /** What is in them, as a line. */
  String summary();

  /**
   * The samples of a split, at least one.
   *
   * @throws BadValueException if there are none
   */
  Dataset set(Split split);

  /**
   * A set that has samples.
   *
   * @param none of it where it has none, as "pets has no pictures"
   * @throws BadValueException if there are none
   */
  static Dataset requireSome(CommandSpec command, Dataset set, Split split, String none) {
    if (set.size() == 0) {
      throw new BadValueException(
          command,
          none
              + (split == Split.TRAIN ? " to train on" : " to test on")
              + "; --test-part says how many are held out");
    }
    return set;
  }

  /** Those for validation; may be none. */
  Dataset validation();

  /** Adds the settings that decide what is held out. */
  void putInto(Map<String, String> words);

  /** Gives files and memory back; its sets are not read any more. */
  @Override
  void close();
}
