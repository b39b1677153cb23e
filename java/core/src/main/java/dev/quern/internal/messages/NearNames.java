package dev.quern.internal.messages;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Suggestions for misspelled names. */
public final class NearNames {
  /** Maximum number of names in a message. */
  private static final int MOST = 5;

  /**
   * Maximum number of characters to compare, because the time is proportional to the product of
   * both lengths.
   */
  private static final int COMPARED = 60;

  private NearNames() {}

  private record Near(String name, int distance) {}

  /**
   * Returns the end of a message: similar names or, if there are none, the last names of the
   * collection, which are the most likely.
   */
  public static String text(String wanted, Collection<String> names) {
    List<String> near = of(wanted, names);
    return near.isEmpty()
        ? "; the last ones are "
            + String.join(", ", names.stream().skip(Math.max(0, names.size() - MOST)).toList())
        : "; did you mean " + String.join(", ", near);
  }

  /**
   * Returns at most five similar names, the most similar first: names that contain {@code wanted}
   * or differ from it in a few letters.
   */
  public static List<String> of(String wanted, Collection<String> names) {
    int most = Math.max(1, begin(wanted).length() / 3);
    return near(wanted, names)
        .filter(n -> n.distance() <= most)
        .limit(MOST)
        .map(Near::name)
        .toList();
  }

  /** Returns the {@code count} names with the smallest distance, the most similar first. */
  public static List<String> nearest(String wanted, Collection<String> names, int count) {
    return near(wanted, names).limit(count).map(Near::name).toList();
  }

  private static Stream<Near> near(String wanted, Collection<String> names) {
    String w = begin(wanted);
    return names.stream()
        .map(name -> new Near(name, distance(w, begin(name))))
        .sorted(
            Comparator.comparingInt(Near::distance)
                .thenComparingInt(n -> Math.abs(n.name().length() - w.length())));
  }

  private static String begin(String name) {
    String begin = name.length() <= COMPARED ? name : name.substring(0, COMPARED);
    return begin.toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the edit distance: the number of letters to insert, delete or change (Levenshtein,
   * 1966) or of adjacent letters to swap (Damerau, 1964). The distance is 0 if {@code b} contains
   * {@code a}.
   */
  private static int distance(String a, String b) {
    if (!a.isEmpty() && b.contains(a)) {
      return 0;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    int[] before = row;
    for (int i = 1; i <= a.length(); i++) {
      int[] next = new int[b.length() + 1];
      next[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = row[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        next[j] = Math.min(change, 1 + Math.min(row[j], next[j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          next[j] = Math.min(next[j], 1 + before[j - 2]);
        }
      }
      before = row;
      row = next;
    }
    return row[b.length()];
  }
}
