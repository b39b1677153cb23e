package dev.quern.io.file;

import java.util.Map;
import java.util.stream.Collectors;

/** The phrase about a folder's ignored files at the end of messages. */
public final class NotRead {
  private static final int MOST_NAMED = 5;

  private NotRead() {}

  /**
   * Returns the phrase, such as {@code "; 3 files not read: .heic 2, .txt 1"}; empty if no files
   * were ignored.
   *
   * @param endings the number of ignored files by extension, the most frequent first
   */
  public static String text(Map<String, Integer> endings) {
    int all = endings.values().stream().mapToInt(i -> i).sum();
    if (all == 0) {
      return "";
    }
    String named =
        endings.entrySet().stream()
            .limit(MOST_NAMED)
            .map(e -> (e.getKey().isEmpty() ? "no ending" : e.getKey()) + " " + e.getValue())
            .collect(Collectors.joining(", "));
    return "; "
        + all
        + (all == 1 ? " file not read: " : " files not read: ")
        + named
        + (endings.size() > MOST_NAMED ? " and others" : "");
  }
}
