package dev.quern.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that a misspelt one may stand for. */
public final class NearNames {
  /** Largest number of names in a message. */
  private static final int MOST = 5;

  /** Longer names are compared by their begin: the work is the product of both lengths. */
  private static final int COMPARED = 60;

  private NearNames() {}

  private record Near(String name, int distance) {}

  /**
   * The end of a message: the nearest names, or the last ones where none is near, since what people
   * look for is mostly near the end.
   */
  public static String text(String wanted, Collection<String> names) {
    List<String> near = of(wanted, names);
    return near.isEmpty()
        ? "; the last ones are "
            + String.join(", ", names.stream().skip(Math.max(0, names.size() - MOST)).toList())
        : "; did you mean " + String.join(", ", near);
  }

  /** At most five, nearest first: those that hold the name or are a few letters away. */
  static List<String> of(String wanted, Collection<String> names) {
    String w = begin(wanted);
    return names.stream()
        .map(name -> new Near(name, distance(w, begin(name))))
        .filter(n -> n.distance() <= Math.max(1, w.length() / 3))
        .sorted(Comparator.comparingInt(Near::distance))
        .limit(MOST)
        .map(Near::name)
        .toList();
  }

  private static String begin(String name) {
    String begin = name.length() <= COMPARED ? name : name.substring(0, COMPARED);
    return begin.toLowerCase(Locale.ROOT);
  }

  /** 0 where one holds the other, else the letters to add, drop or change (Levenshtein, 1966). */
  private static int distance(String a, String b) {
    if (!a.isEmpty() && b.contains(a)) {
      return 0;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
