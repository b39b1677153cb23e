package dev.quern.io.file;

import java.util.Map;
import java.util.stream.Collectors;

/** The text about ignored files of a folder, for messages. */
public final class NotRead {
  private static final int MOST_NAMED = 5;

  private NotRead() {}

  /**
   * Returns the end of a message, such as {@code "; 3 files not read: .heic 2, .txt 1"}; empty if
   * there are none.
   *
   * @param endings the number of files by extension, the most frequent first
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
