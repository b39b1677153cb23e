package dev.quern.fuzz.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Of all rounds of a sort: their number, valid requests, and the worst times of any. */
final class Worst {
  private int rounds;
  private long count;
  private long refused;
  private int median;
  private int p99;
  private int most;
  private int megabytes;

  private Worst() {}

  /**
   * @param lines as {@link Rounds} keeps them
   */
  static List<String> of(List<String> lines) {
    Map<String, Worst> sorts = new TreeMap<>();
    for (String line : lines) {
      String[] w = line.split(" ");
      Worst worst = sorts.computeIfAbsent(w[0] + "/" + w[1] + ", " + w[2], sort -> new Worst());
      worst.rounds++;
      worst.count += Long.parseLong(w[3]);
      worst.refused += Long.parseLong(w[4]);
      worst.median = Math.max(worst.median, Integer.parseInt(w[5]));
      worst.p99 = Math.max(worst.p99, Integer.parseInt(w[6]));
      worst.most = Math.max(worst.most, Integer.parseInt(w[7]));
      worst.megabytes = Math.max(worst.megabytes, Integer.parseInt(w[8]));
    }
    List<String> summary = new ArrayList<>();
    sorts.forEach((sort, worst) -> summary.add(sort + ": " + worst.text()));
    return summary;
  }

  private String text() {
    return rounds
        + " rounds, "
        + count
        + " valid requests, "
        + refused
        + " refused; worst p50 "
        + median
        + " ms, p99 "
        + p99
        + " ms, max "
        + most
        + " ms, server "
        + megabytes
        + " MB";
  }
}
