package dev.quern.fuzz.serve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What valid requests of a stage took, and how many of them were refused. */
final class Times {
  private final List<Integer> millis = new ArrayList<>();
  private int refused;

  synchronized void add(long nanos, boolean isRefused) {
    millis.add((int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000));
    refused += isRefused ? 1 : 0;
  }

  synchronized int count() {
    return millis.size();
  }

  synchronized int refused() {
    return refused;
  }

  /** The time below which this part of the requests stayed; the most for 1. */
  synchronized int quantile(double part) {
    if (millis.isEmpty()) {
      return 0;
    }
    List<Integer> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(part * sorted.size())));
  }
}
