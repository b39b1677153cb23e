package dev.quern.onnx.run;

import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.NodeOrder;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.graph.QOperators;
import dev.quern.onnx.graph.ScanNodes;
import dev.quern.onnx.lower.RefusedNodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph whose sizes may depend on data, as networks and single nodes in turn. Networks are built
 * during the first run and kept for later runs with the same sizes. Thread-safe.
 */
public final class Stages implements AutoCloseable {
  /** The maximum number of kept networks; the one that was used least recently is closed first. */
  private static final int MOST_KEPT = 16;

  private final Graph graph;
  private final String source;
  private final Program main;
  private final Set<String> inner = new HashSet<>();
  private final Map<Branch, Program> branches = new IdentityHashMap<>();
  private final List<Segment> kept = new ArrayList<>();

  /**
   * Creates the stages of a graph.
   *
   * @param source the file of the graph, for messages
   * @throws RefusedNodes if the graph has operators that are not supported
   */
  public Stages(Graph graph, String source) {
    this.graph = graph;
    this.source = source;
    main = new Program(ScanNodes.rewritten(QOperators.rewritten(NodeOrder.of(graph))));
    List<Node> unknown = new ArrayList<>();
    main.nodes().forEach(n -> check(n, unknown));
    if (!unknown.isEmpty()) {
      throw RefusedNodes.of(unknown, "the operator is not supported");
    }
  }

  private void check(Node n, List<Node> unknown) {
    if (!Program.isKnown(n)) {
      unknown.add(n);
    }
    for (Branch b : n.attributes().branches()) {
      inner.addAll(b.inputs());
      inner.addAll(b.constants().keySet());
      b.nodes().forEach(inside -> inner.addAll(inside.outputs()));
      b.nodes().forEach(inside -> check(inside, unknown));
    }
  }

  String source() {
    return source;
  }

  long opset() {
    return graph.opset();
  }

  /** Returns whether a subgraph computes a value of this name. */
  boolean isInner(String name) {
    return inner.contains(name);
  }

  Program program(Branch branch) {
    synchronized (branches) {
      return branches.computeIfAbsent(branch, b -> new Program(b.nodes()));
    }
  }

  /**
   * Computes the graph's outputs.
   *
   * @throws RefusedNodes if a node cannot be computed with these inputs
   */
  public Map<String, Const> run(Map<String, Const> inputs) {
    Run run = new Run(this);
    graph.constants().forEach((name, c) -> run.put(name, Known.fixed(c)));
    inputs.forEach((name, c) -> run.put(name, Known.data(c)));
    Set<String> outputs = new HashSet<>();
    graph.outputs().forEach(p -> outputs.add(p.name()));
    run.execute(main, outputs);
    Map<String, Const> all = new LinkedHashMap<>();
    for (Port p : graph.outputs()) {
      Known k = run.known().get(p.name());
      if (k == null) {
        throw RefusedNodes.output(p.name(), "no node computes it");
      }
      all.put(p.name(), k.value());
    }
    return all;
  }

  /**
   * Returns the network that computes these nodes, built if there is none for these sizes, and in
   * use: the caller ends its use.
   */
  Segment segment(List<Node> nodes, Map<String, Known> known, Set<String> read) {
    synchronized (kept) {
      for (int i = 0; i < kept.size(); i++) {
        Segment s = kept.get(i);
        if (s.fits(nodes, known)) {
          kept.remove(i);
          kept.add(s);
          s.usage().enter();
          return s;
        }
      }
      Segment made = Segment.of(source, graph.opset(), nodes, known, read);
      made.usage().enter();
      if (made.isForOneRun()) {
        return made;
      }
      kept.add(made);
      if (kept.size() > MOST_KEPT) {
        kept.remove(0).close();
      }
      return made;
    }
  }

  /** Ends the use of a network by a run. */
  static void release(Segment segment) {
    segment.usage().exit();
    if (segment.isForOneRun()) {
      segment.close();
    }
  }

  @Override
  public void close() {
    synchronized (kept) {
      kept.forEach(Segment::close);
      kept.clear();
    }
  }
}
