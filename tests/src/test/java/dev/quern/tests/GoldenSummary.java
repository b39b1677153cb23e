package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How many cases of each operator a file lists, and how many of them ran and agreed. */
final class GoldenSummary {
  private final String file;
  private final Map<String, Integer> listed = new TreeMap<>();
  private final Map<String, Integer> ran = new TreeMap<>();

  GoldenSummary(String file) {
    this.file = file;
  }

  void listed(GoldenCase c) {
    listed.merge(c.operator(), 1, Integer::sum);
  }

  void ran(GoldenCase c) {
    ran.merge(c.operator(), 1, Integer::sum);
  }

  /** Prints the counts; every case has to have run. */
  void check() {
    Map<String, Integer> missed = new TreeMap<>();
    listed.forEach(
        (operator, n) -> {
          int left = n - ran.getOrDefault(operator, 0);
          if (left > 0) {
            missed.put(operator, left);
          }
        });
    System.out.println(file + ": ran " + text(ran) + "; did not run " + text(missed));
    assertThat(listed).as("cases in %s", file).isNotEmpty();
    assertThat(missed).as("cases of %s that did not run", file).isEmpty();
  }

  private static String text(Map<String, Integer> counts) {
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    return all
        + counts.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }
}
