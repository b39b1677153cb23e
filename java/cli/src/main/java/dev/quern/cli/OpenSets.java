package dev.quern.cli;

import dev.quern.data.Dataset;
import dev.quern.io.Split;
import java.util.Map;

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

  /** Those for validation; may be none. */
  Dataset validation();

  /** Adds the settings that decide what is held out. */
  void putInto(Map<String, String> words);

  /** Gives files and memory back; its sets are not read any more. */
  @Override
  void close();
}
