package dev.quern.fuzz;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** The table of what the attacks did and found. */
final class Summary {
  static final String CLEAN = "no finding";

  private Summary() {}

  static String of(Options options, Map<String, Tally> tallies, Findings findings, double minutes)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "seed %d, %.1f minutes%n", options.seed(), minutes));
    text.append("| attack | cases | deaths | hangs | untyped errors | wrong | peak memory, MB |\n");
    text.append("|---|--:|--:|--:|--:|--:|--:|\n");
    int all = 0;
    for (Map.Entry<String, Tally> e : tallies.entrySet()) {
      Map<Kind, Integer> found = findings.counts(e.getKey());
      all += found.values().stream().mapToInt(n -> n).sum();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %d | %d | %d | %d | %,d |%n",
              e.getKey(),
              e.getValue().cases(),
              found.get(Kind.DEATH),
              found.get(Kind.HANG),
              found.get(Kind.UNTYPED),
              found.get(Kind.WRONG),
              e.getValue().peakBytes() >> 20));
    }
    tallies.forEach((name, t) -> t.notes().forEach(n -> text.append(name + ": " + n).append('\n')));
    String folder = options.out().resolve("findings").toString();
    return text.append(all == 0 ? CLEAN : all + " findings in " + folder).append('\n').toString();
  }
}
