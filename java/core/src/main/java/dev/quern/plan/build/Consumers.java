package dev.quern.plan.build;

import dev.quern.network.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The chains that read each value. Values that share memory, such as an image and its flattened
 * form, also share their readers. The losses or the caller read the outputs last.
 */
public final class Consumers {
  /**
   * The name that represents the reader of the outputs. It is empty, so that it differs from every
   * node's name.
   */
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

  /** Returns the name of the value that owns the memory of {@code value}. */
  public String root(String value) {
    return roots.get(value);
  }

  /** Returns whether {@code reader} is the last chain that reads {@code value}. */
  public boolean isLast(String value, String reader) {
    return reader.equals(last.get(roots.get(value)));
  }

  /** Returns whether at most one chain reads {@code value}. */
  public boolean isOnly(String value) {
    return counts.getOrDefault(roots.get(value), 0) <= 1;
  }

  /** Returns whether any chain, loss or caller reads the value. */
  boolean isRead(String value) {
    return counts.containsKey(roots.get(value));
  }
}
