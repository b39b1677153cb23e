package dev.quern.onnx.run;

import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.lower.Importer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of nodes, sorted, and which of them networks should compute: those that have no other
 * implementation, and the nodes before them that only prepare their inputs.
 */
final class Program {
  private static final Set<String> SIZES = Set.of("Shape", "Size");

  /** Operators that networks compute faster than single operators do. */
  private static final Set<String> HEAVY = Set.of("MatMul", "GridSample", "Resize", "MaxPool");

  private static final Set<String> CONTROL = Set.of("If", "Loop");

  private final List<Node> nodes;
  private final Set<Node> wanted = identities();

  /** The nodes that networks refused, and that are therefore computed one by one. */
  private final Set<Node> single = Collections.synchronizedSet(identities());

  /** The nodes that networks refused together with the nodes before them. */
  private final Set<Node> apart = Collections.synchronizedSet(identities());

  /** The nodes whose inputs after the first one are constants of the network for one run. */
  private final Set<Node> bound = Collections.synchronizedSet(identities());

  Program(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    Map<String, List<Node>> readers = new HashMap<>();
    nodes.forEach(
        n -> n.inputs().forEach(in -> readers.computeIfAbsent(in, k -> new ArrayList<>()).add(n)));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node n = nodes.get(i);
      boolean prepares =
          n.outputs().stream()
              .flatMap(o -> readers.getOrDefault(o, List.of()).stream())
              .anyMatch(r -> wanted.contains(r) && !SIZES.contains(r.op()));
      if (Importer.isLayer(n.qualified()) && !isControl(n) && (isHeavy(n) || prepares)) {
        wanted.add(n);
      }
    }
  }

  /** Returns an empty set of nodes that are distinguished by identity, not by equality. */
  static Set<Node> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  static boolean isControl(Node n) {
    return n.domain().isEmpty() && CONTROL.contains(n.op());
  }

  /** Returns whether the node's results depend only on the dimensions of its inputs. */
  static boolean readsSizes(Node n) {
    return SIZES.contains(n.op());
  }

  /** Returns whether a node of this operator can be computed at all. */
  static boolean isKnown(Node n) {
    return Importer.isLayer(n.qualified()) || Fold.knows(n.qualified());
  }

  private static boolean isHeavy(Node n) {
    return !Fold.knows(n.qualified()) || HEAVY.contains(n.op());
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Marks a node as one that no network computes. */
  void single(Node n) {
    single.add(n);
  }

  /**
   * Marks a node as one that begins a network: its inputs come from other networks or nodes.
   * Returns whether this is a change.
   *
   * @param nodes the nodes of the network that refused the node
   */
  boolean separate(Node n, List<Node> nodes) {
    Set<String> made = new HashSet<>();
    nodes.forEach(other -> made.addAll(other.outputs()));
    return n.inputs().stream().anyMatch(in -> !in.isEmpty() && made.contains(in)) && apart.add(n);
  }

  /**
   * Marks a node as one whose inputs after the first one, such as weights, become constants of a
   * network for one run. Returns whether this is a change.
   */
  boolean bind(Node n) {
    return n.inputs().size() > 1 && bound.add(n);
  }

  /** Returns the names of the values that must be constants of a network. */
  Set<String> bound(List<Node> nodes) {
    Set<String> all = new HashSet<>();
    nodes.stream()
        .filter(bound::contains)
        .forEach(n -> all.addAll(n.inputs().subList(1, n.inputs().size())));
    return all;
  }

  /** Returns whether a node whose inputs are known is computed by itself. */
  boolean isSingle(Node n, Map<String, Known> known) {
    if (!Fold.knows(n.qualified())) {
      return false;
    }
    List<Known> in = n.inputs().stream().filter(i -> !i.isEmpty()).map(known::get).toList();
    return single.contains(n)
        || readsSizes(n)
        || isCast(n)
        || in.stream().noneMatch(Known::isInput)
        || in.stream().anyMatch(Known::isInteger)
        || !wanted.contains(n);
  }

  /**
   * Returns the nodes of the next network: those that it should compute, and the nodes between and
   * after them that it can compute.
   */
  List<Node> network(List<Node> left, Map<String, Known> known) {
    List<Node> all = new ArrayList<>();
    Set<String> made = new HashSet<>();
    boolean any = false;
    for (Node n : left) {
      if (single.contains(n) || isControl(n) || !isKnown(n) || isCast(n)) {
        continue;
      }
      boolean ready =
          n.inputs().stream()
              .allMatch(
                  i ->
                      i.isEmpty()
                          || made.contains(i) && !apart.contains(n)
                          || isReadable(n, known.get(i)));
      if (ready) {
        all.add(n);
        made.addAll(n.outputs());
        any |= wanted.contains(n);
      }
    }
    return any ? connected(all) : List.of();
  }

  /**
   * Returns those nodes that are connected to the first wanted one: what other inputs are computed
   * to may have another batch.
   */
  private List<Node> connected(List<Node> nodes) {
    Map<String, Integer> makers = new HashMap<>();
    int[] group = new int[nodes.size()];
    int first = -1;
    for (int i = 0; i < group.length; i++) {
      group[i] = i;
      for (String in : nodes.get(i).inputs()) {
        Integer maker = makers.get(in);
        if (maker != null) {
          group[root(group, maker)] = root(group, i);
        }
      }
      for (String out : nodes.get(i).outputs()) {
        makers.put(out, i);
      }
      first = first < 0 && wanted.contains(nodes.get(i)) ? i : first;
    }
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < group.length; i++) {
      if (root(group, i) == root(group, first)) {
        all.add(nodes.get(i));
      }
    }
    return all;
  }

  private static int root(int[] group, int i) {
    int at = i;
    while (group[at] != at) {
      group[at] = group[group[at]];
      at = group[at];
    }
    return at;
  }

  /**
   * Returns whether a network can read a value. Computed integers become constants, so that the
   * network is for this run alone; this is done only for nodes that nothing else can compute.
   */
  private static boolean isReadable(Node n, @Nullable Known k) {
    return k != null && (!k.isInteger() || !Fold.knows(n.qualified()));
  }

  /** Returns whether a node makes integers, which networks would round to floats. */
  private static boolean isCast(Node n) {
    return n.op().equals("Cast")
        && n.attributes().values().get("to") instanceof Long to
        && Types.isWhole(to.intValue());
  }
}
