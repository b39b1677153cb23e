package dev.quern.onnx.run;

import dev.quern.error.QuernException;
import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.lower.Importer;
import dev.quern.onnx.lower.RefusedNodes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes as a graph of their own, with known values as its inputs and constants. */
final class Piece {
  private final List<Node> nodes;
  private final Map<String, long[]> dims = new LinkedHashMap<>();
  private final Map<String, Const> bound = new HashMap<>();
  private final Importer importer;
  private boolean forOneRun;

  /**
   * Creates a graph.
   *
   * @param read the names of the values that other nodes read
   */
  Piece(String name, long opset, List<Node> nodes, Map<String, Known> known, Set<String> read) {
    this.nodes = nodes;
    Map<String, Const> constants = new HashMap<>();
    List<Port> outputs = new ArrayList<>();
    for (Node n : nodes) {
      n.inputs().forEach(in -> read(in, known.get(in), constants));
      n.outputs().stream()
          .filter(read::contains)
          .forEach(out -> outputs.add(new Port(out, Types.FLOAT, null)));
    }
    List<Port> inputs = new ArrayList<>();
    dims.forEach(
        (in, d) -> inputs.add(new Port(in, Types.FLOAT, Arrays.stream(d).boxed().toList())));
    Graph graph = new Graph(name, opset, nodes, constants, inputs, outputs, Map.of());
    importer = new Importer(graph, name, true);
  }

  private void read(String name, @Nullable Known k, Map<String, Const> constants) {
    if (k == null) {
      return;
    }
    if (k.isInput()) {
      dims.put(name, k.value().dims());
      return;
    }
    constants.put(name, k.value());
    if (!k.isFixed()) {
      bound.put(name, k.value());
    }
    forOneRun |= k.isData();
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Returns the dimensions of the inputs. */
  Map<String, long[]> dims() {
    return dims;
  }

  /** Returns the constants that may be others in another run. */
  Map<String, Const> bound() {
    return bound;
  }

  /** Returns whether a constant depends on the values of the graph's inputs. */
  boolean isForOneRun() {
    return forOneRun;
  }

  /** Returns the network for inputs of exactly these dimensions. */
  Importer.Part fixed() {
    return importer.part(dims);
  }

  /** Returns the network for any number of samples; null if the first axis is not a batch. */
  Importer.@Nullable Part batched() {
    if (!mayBeBatch()) {
      return null;
    }
    Map<String, long[]> free = new HashMap<>();
    dims.forEach((in, d) -> free.put(in, Dims.with(d, 0, -1)));
    try {
      return importer.part(free);
    } catch (RefusedNodes | QuernException | Refusal e) {
      return null;
    }
  }

  /** Returns the numbers of samples, other than one, that inputs have. */
  long[] batches() {
    return dims.values().stream()
        .filter(d -> d.length > 1 && d[0] != 1)
        .mapToLong(d -> d[0])
        .distinct()
        .toArray();
  }

  /**
   * Returns the nodes that depend on inputs with this number of samples, and on no others; empty if
   * only nodes are left that need no network.
   */
  List<Node> ofBatch(long batch) {
    Set<String> own = new HashSet<>();
    Set<String> others = new HashSet<>();
    dims.forEach((in, d) -> (d.length > 1 && d[0] == batch ? own : others).add(in));
    List<Node> some = new ArrayList<>();
    for (Node n : nodes) {
      boolean depends = n.inputs().stream().anyMatch(own::contains);
      if (depends && n.reads().stream().noneMatch(others::contains)) {
        some.add(n);
        own.addAll(n.outputs());
      } else {
        others.addAll(n.outputs());
      }
    }
    return some.stream().allMatch(n -> Fold.knows(n.qualified())) ? List.of() : some;
  }

  /** Returns whether all inputs have the same number of samples, other than one. */
  private boolean mayBeBatch() {
    return !dims.isEmpty()
        && dims.values().stream().allMatch(d -> d.length > 1 && d[0] != 1)
        && dims.values().stream().mapToLong(d -> d[0]).distinct().count() == 1;
  }

  /**
   * Returns the nodes that process the first axis of the inputs as a batch; empty if only nodes are
   * left that need no network.
   */
  List<Node> unmixed() {
    if (!mayBeBatch()) {
      return List.of();
    }
    Map<String, long[]> two = new HashMap<>();
    dims.forEach((in, d) -> two.put(in, Dims.with(d, 0, 2)));
    RefusedNodes mixing;
    try {
      mixing = importer.mixing(two);
    } catch (Refusal e) {
      return List.of(); // an input is empty
    }
    Set<String> lost = new HashSet<>();
    List<Node> left = new ArrayList<>();
    for (Node n : nodes) {
      if (mixing.lists(n) || n.inputs().stream().anyMatch(lost::contains)) {
        lost.addAll(n.outputs());
      } else {
        left.add(n);
      }
    }
    lost.remove("");
    return left.stream().allMatch(n -> Fold.knows(n.qualified())) ? List.of() : left;
  }
}
