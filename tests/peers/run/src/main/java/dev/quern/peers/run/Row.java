package dev.quern.peers.run;

import dev.quern.peers.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** One workload's rates, in images a second. */
final class Row {
  private final Workload workload;
  private final Map<Candidate, List<Double>> rates = new EnumMap<>(Candidate.class);
  private final Map<Candidate, List<Double>> ratios = new EnumMap<>(Candidate.class);

  Row(Workload workload) {
    this.workload = workload;
  }

  Workload workload() {
    return workload;
  }

  void add(Candidate candidate, double rate) {
    rates.computeIfAbsent(candidate, c -> new ArrayList<>()).add(rate);
  }

  /** A peer's rate and Quern's right after it. */
  void add(Candidate peer, double rate, double quern) {
    add(peer, rate);
    add(Candidate.QUERN, quern);
    ratios.computeIfAbsent(peer, c -> new ArrayList<>()).add(quern / rate);
  }

  /** The median rate; empty for a library that failed. */
  OptionalDouble rate(Candidate candidate) {
    return rates.containsKey(candidate)
        ? OptionalDouble.of(median(rates.get(candidate)))
        : OptionalDouble.empty();
  }

  /**
   * How many times as fast Quern is as the best peer: the lowest of the peers' medians, each over
   * pairs of runs that followed each other, since a machine's speed drifts by more than many a
   * difference.
   */
  OptionalDouble ratio() {
    return ratios.values().stream().mapToDouble(Row::median).min();
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
