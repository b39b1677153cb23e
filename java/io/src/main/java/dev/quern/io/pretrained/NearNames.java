package dev.quern.io.pretrained;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A search for names that are similar to a misspelled name. */
final class NearNames {
  private static final int MOST = 3;
  private static final int LONGEST = 60;

  private NearNames() {}

  /** Returns a name for use in messages, truncated if it is long, without control characters. */
  static String shown(String name) {
    String text = name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "...";
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * Returns at most three names that contain {@code wanted} or differ from it in a few letters, the
   * most similar first.
   */
  static List<String> of(String wanted, Collection<String> names) {
    String w = shown(wanted).toLowerCase(Locale.ROOT);
    List<String> near = new ArrayList<>(names);
    near.removeIf(n -> distance(w, n) > w.length() / 3);
    near.sort(Comparator.comparingInt(n -> distance(w, n)));
    return near.subList(0, Math.min(MOST, near.size()));
  }

  /**
   * Returns the smallest edit distance (Levenshtein, 1966) from {@code wanted} to the name, to the
   * part after its publisher, or to the beginning of that part; 0 if the name contains {@code
   * wanted}.
   */
  private static int distance(String wanted, String name) {
    if (!wanted.isEmpty() && name.contains(wanted)) {
      return 0;
    }
    String own = name.substring(name.indexOf('/') + 1);
    String begin = own.substring(0, Math.min(own.length(), wanted.length() + 1));
    return Math.min(edits(wanted, name), Math.min(edits(wanted, own), edits(wanted, begin)));
  }

  private static int edits(String a, String b) {
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
