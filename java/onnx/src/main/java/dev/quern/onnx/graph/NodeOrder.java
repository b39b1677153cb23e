package dev.quern.onnx.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A topological sort of the nodes on which outputs depend. Nodes that are already sorted keep their
 * order; some converters write unsorted files.
 */
public final class NodeOrder {
  private final Map<String, List<Node>> makers = new HashMap<>();
  private final Set<Node> met = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Node> sorted = new ArrayList<>();

  /** A node, and those nodes whose results it reads that are not visited yet. */
  private record Visit(Node node, Deque<Node> before) {}

  private NodeOrder(Graph graph) {
    for (Node n : graph.nodes()) {
      for (String o : n.outputs()) {
        if (!o.isEmpty()) {
          makers.computeIfAbsent(o, k -> new ArrayList<>()).add(n);
        }
      }
    }
  }

  /** Returns the nodes on which the outputs of a graph depend, sorted. */
  public static List<Node> of(Graph graph) {
    NodeOrder order = new NodeOrder(graph);
    Set<Node> needed = order.needed(graph.outputs());
    graph.nodes().stream().filter(needed::contains).forEach(order::visit);
    return order.sorted;
  }

  private Deque<Node> makersOf(List<String> values) {
    Deque<Node> all = new ArrayDeque<>();
    values.forEach(v -> all.addAll(makers.getOrDefault(v, List.of())));
    return all;
  }

  private Set<Node> needed(List<Port> outputs) {
    Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Node> open = makersOf(outputs.stream().map(Port::name).toList());
    while (!open.isEmpty()) {
      Node n = open.pop();
      if (needed.add(n)) {
        open.addAll(makersOf(n.reads()));
      }
    }
    return needed;
  }

  /**
   * Adds a node after all nodes on which it depends. In a cycle, one node precedes a node whose
   * result it reads, and is refused later.
   */
  private void visit(Node first) {
    Deque<Visit> path = new ArrayDeque<>();
    if (met.add(first)) {
      path.push(new Visit(first, makersOf(first.reads())));
    }
    while (!path.isEmpty()) {
      Visit at = path.element();
      Node next = at.before().poll();
      if (next == null) {
        sorted.add(at.node());
        path.pop();
      } else if (met.add(next)) {
        path.push(new Visit(next, makersOf(next.reads())));
      }
    }
  }
}
