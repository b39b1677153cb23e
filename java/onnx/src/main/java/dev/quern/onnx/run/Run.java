package dev.quern.onnx.run;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.fold.MatrixFolds;
import dev.quern.onnx.fold.Work;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.lower.RefusedNodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run of a graph: the values that are known, and the computation of all others. */
final class Run {
  /** The maximum number of nodes that one run computes, since a loop may have any trip count. */
  private static final long MOST_NODES = 1_000_000;

  private final Stages stages;
  private final Map<String, Known> known = new HashMap<>();
  private final Work work = new Work();
  private long count;

  Run(Stages stages) {
    this.stages = stages;
  }

  void put(String name, Known value) {
    known.put(name, value);
  }

  /** Returns a value, which an earlier node has computed. */
  Known value(String name) {
    Known k = known.get(name);
    if (k == null) {
      throw new Refusal("it reads \"" + name + "\", which no earlier node computes");
    }
    return k;
  }

  Map<String, Known> known() {
    return known;
  }

  /**
   * Computes all nodes of a program.
   *
   * @param outputs the names of the values that are read after the program
   */
  void execute(Program program, Set<String> outputs) {
    List<Node> left = singles(program, program.nodes());
    while (!left.isEmpty()) {
      List<Node> rest = network(program, left, outputs);
      left = singles(program, rest);
    }
  }

  /** Computes the nodes that can be computed by themselves, and returns the others. */
  private List<Node> singles(Program program, List<Node> nodes) {
    List<Node> left = new ArrayList<>();
    for (Node n : nodes) {
      boolean ready = n.reads().stream().allMatch(i -> i.isEmpty() || isReady(n, i));
      if (ready && (Program.isControl(n) || program.isSingle(n, known))) {
        compute(n);
      } else {
        left.add(n);
      }
    }
    return left;
  }

  /** Returns whether a value is known; values that a subgraph computes itself do not count. */
  private boolean isReady(Node n, String name) {
    return known.containsKey(name) || !n.inputs().contains(name) && stages.isInner(name);
  }

  private void compute(Node n) {
    count(n);
    try {
      if (n.op().equals("If")) {
        branch(n);
      } else if (n.op().equals("Loop")) {
        new Iteration(this, stages, n).run();
      } else {
        single(n);
      }
    } catch (Refusal e) {
      throw failed(n, String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      throw failed(n, "a size exceeds 2^63");
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ClassCastException e) {
      throw failed(n, "its inputs or attributes do not match the operator");
    }
  }

  /** Counts a node, or an iteration of a loop. */
  void count(Node n) {
    if (++count > MOST_NODES) {
      throw failed(n, "the run has more than " + MOST_NODES + " nodes");
    }
  }

  private InvalidArgumentException failed(Node n, String why) {
    return new InvalidArgumentException(
        "onnx: " + stages.source() + ": " + n.qualified() + " " + n.shown() + ": " + why);
  }

  private void single(Node n) {
    List<@Nullable Const> in = new ArrayList<>();
    boolean fixed = true;
    boolean data = false;
    for (String name : n.inputs()) {
      Known k = name.isEmpty() ? null : value(name);
      in.add(k == null ? null : k.value());
      fixed &= k == null || k.isFixed();
      data |= k != null && k.isData();
    }
    if (n.op().equals("MatMul")) {
      work.add(MatrixFolds.multiplications(in));
    }
    List<Const> out = Fold.compute(n, stages.opset(), in);
    for (int i = 0; i < out.size(); i++) {
      work.add(out.get(i).elements());
      if (n.hasOutput(i)) {
        known.put(n.outputs().get(i), new Known(out.get(i), fixed, data && !Program.readsSizes(n)));
      }
    }
  }

  private void branch(Node n) {
    boolean condition = value(n.inputs().get(0)).value().scalar() != 0;
    Branch taken = n.attributes().branch(condition ? "then_branch" : "else_branch");
    if (taken == null || taken.outputs().size() < n.outputs().size()) {
      throw new Refusal("the branch for " + condition + " is missing or lacks outputs");
    }
    inside(taken);
    for (int i = 0; i < n.outputs().size(); i++) {
      known.put(n.outputs().get(i), value(taken.outputs().get(i)));
    }
  }

  /** Computes the nodes of a subgraph. */
  void inside(Branch branch) {
    // the values of an earlier iteration must not be read
    branch.nodes().forEach(n -> known.keySet().removeAll(n.outputs()));
    branch.constants().forEach((name, c) -> known.put(name, Known.fixed(c)));
    execute(stages.program(branch), new HashSet<>(branch.outputs()));
  }

  /** Computes the next network, and returns the nodes that it does not compute. */
  private List<Node> network(Program program, List<Node> left, Set<String> outputs) {
    List<Node> nodes = program.network(left, known);
    if (nodes.isEmpty()) {
      throw RefusedNodes.of(left.get(0), "its inputs are not computed by earlier nodes");
    }
    Segment segment;
    try {
      segment = stages.segment(nodes, seen(program, nodes), readElsewhere(left, nodes, outputs));
    } catch (RefusedNodes e) {
      List<Node> alone = nodes.stream().filter(e::lists).toList();
      if (alone.isEmpty() || !alone.stream().allMatch(n -> isDivided(program, n, nodes))) {
        throw e;
      }
      return left;
    }
    try {
      known.putAll(segment.run(known));
    } finally {
      Stages.release(segment);
    }
    Set<Node> done = Program.identities();
    done.addAll(segment.nodes());
    return left.stream().filter(n -> !done.contains(n)).toList();
  }

  /** Returns whether a node that a network refused can be computed otherwise, and marks it so. */
  private static boolean isDivided(Program program, Node n, List<Node> nodes) {
    if (Fold.knows(n.qualified())) {
      program.single(n);
      return true;
    }
    return program.separate(n, nodes) || program.bind(n);
  }

  /** Returns the known values as a network of these nodes reads them: some must be constants. */
  private Map<String, Known> seen(Program program, List<Node> nodes) {
    Set<String> bound = program.bound(nodes);
    if (bound.isEmpty()) {
      return known;
    }
    Map<String, Known> all = new HashMap<>(known);
    bound.forEach(name -> all.computeIfPresent(name, (n, k) -> k.bound()));
    return all;
  }

  private static Set<String> readElsewhere(List<Node> left, List<Node> nodes, Set<String> outputs) {
    Set<Node> own = Program.identities();
    own.addAll(nodes);
    Set<String> read = new HashSet<>(outputs);
    left.stream().filter(n -> !own.contains(n)).forEach(n -> read.addAll(n.reads()));
    return read;
  }
}
