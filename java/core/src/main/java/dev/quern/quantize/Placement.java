package dev.quern.quantize;

import dev.quern.layer.Add;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Relu6;
import dev.quern.network.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which values become bytes: those that quantized layers read. A chain of a convolution,
 * normalisation, addition and ReLU makes bytes itself where its last value becomes bytes, and where
 * what it adds is bytes, too. Values that are put behind each other have one range.
 */
final class Placement {
  private final Graph graph;
  private final Set<String> quantized;

  /** By value, the first of those that it shares a range with. */
  private final Map<String, String> first = new LinkedHashMap<>();

  /**
   * @param quantized the nodes that are
   */
  Placement(Graph graph, Set<String> quantized) {
    this.graph = graph;
    this.quantized = quantized;
    for (Network.Node n : graph.network.nodes()) {
      if (quantized.contains(n.name())) {
        want(n.inputs().get(0));
      }
    }
  }

  /** The values, each with the first of those that it shares a range with. */
  Map<String, String> ranges() {
    return first;
  }

  /** Whose range the bytes have that a value is made of. */
  String range(String value) {
    return first.get(graph.sources(value).get(0));
  }

  private void want(String value) {
    List<String> sources = graph.sources(value);
    for (String source : sources) {
      if (first.putIfAbsent(source, source) == null) {
        String added = added(source);
        if (added != null) {
          want(added);
        }
      }
    }
    for (String source : sources) {
      join(first.get(sources.get(0)), first.get(source));
    }
  }

  private void join(String one, String other) {
    if (!one.equals(other)) {
      first.replaceAll((value, range) -> range.equals(other) ? one : range);
    }
  }

  /** What the chain that makes a value adds to a convolution's result; null where it does not. */
  private @Nullable String added(String value) {
    Network.Node last = graph.node(value);
    if (last != null && (last.layer() instanceof Relu || last.layer() instanceof Relu6)) {
      String before = last.inputs().get(0);
      last = graph.onlyReader(before) == null ? null : graph.node(before);
    }
    if (last == null || !(last.layer() instanceof Add) || last.inputs().size() != 2) {
      return null;
    }
    List<String> in = last.inputs();
    int one = place(in.get(0));
    int other = place(in.get(1));
    if (Math.min(one, other) == Integer.MAX_VALUE) {
      return null;
    }
    return in.get(one < other ? 1 : 0); // of two chains the first goes on
  }

  /** Where the quantized convolution stands that makes an operand, for it alone; else nowhere. */
  private int place(String operand) {
    Network.Node n = graph.onlyReader(operand) == null ? null : graph.node(operand);
    if (n != null && n.layer() instanceof BatchNorm2d) {
      String before = n.inputs().get(0);
      n = graph.onlyReader(before) == null ? null : graph.node(before);
    }
    boolean begins = n != null && n.layer() instanceof Conv2d && quantized.contains(n.name());
    return begins ? graph.place(n.name()) : Integer.MAX_VALUE;
  }
}
