package dev.quern.plan.build;

import dev.quern.network.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The readers of each value. A flattened value is the same memory, so its readers count as the
 * original's; the same holds for a value after dropout in inference. The losses, or the caller,
 * read the outputs last.
 */
public final class Consumers {
  /** A name that no node has. */
  private static final String END = "";

  private final Map<String, String> roots = new HashMap<>();
  private final Map<String, String> last = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  Consumers(Network network, List<Chain> chains, boolean training) {
    network.inputs().keySet().forEach(input -> roots.put(input, input));
    for (Chain n : chains) {
      boolean alias = LayerPlans.of(n.head()).passes(training);
      roots.put(n.name(), alias ? roots.get(n.inputs().get(0)) : n.name());
      if (!alias && LayerPlans.of(n.head()).reads()) {
        for (String from : n.inputs()) {
          read(from, n.name());
        }
      }
    }
    network.outputs().forEach(output -> read(output, END));
  }

  private void read(String value, String reader) {
    last.put(roots.get(value), reader);
    counts.merge(roots.get(value), 1, Integer::sum);
  }

  /** Returns the value whose memory {@code value} shares. */
  String root(String value) {
    return roots.get(value);
  }

  /** Returns whether {@code reader} is the last chain in order that reads {@code value}. */
  boolean isLast(String value, String reader) {
    return reader.equals(last.get(roots.get(value)));
  }

  /** Returns whether at most one chain reads {@code value}. */
  public boolean isOnly(String value) {
    return counts.getOrDefault(roots.get(value), 0) <= 1;
  }

  /** Returns whether the value has a reader; values that do not lead to an output have none. */
  boolean isRead(String value) {
    return counts.containsKey(roots.get(value));
  }
}
