package dev.quern.onnx.lower;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Removes reshapes and permutations that cancel each other, and sorts layers after their inputs.
 */
final class Tidy {
  private final Parts parts;
  private final List<String> outputs;

  Tidy(Parts parts, List<String> outputs) {
    this.parts = parts;
    this.outputs = outputs;
  }

  void run() {
    order();
    Map<String, String> same = new HashMap<>();
    for (Network.Node old : List.copyOf(parts.nodes.values())) {
      List<String> inputs = old.inputs().stream().map(i -> same.getOrDefault(i, i)).toList();
      Network.Node n = new Network.Node(old.name(), old.layer(), inputs);
      parts.nodes.put(n.name(), n);
      if (!moves(n.layer())) {
        continue;
      }
      View v = View.of(parts, n.name());
      if (v.root().equals(n.name()) || !v.isWhole(parts.shapes.get(v.root()))) {
        continue;
      }
      Shape shape = parts.shapes.get(n.name());
      if (shape.equals(parts.shapes.get(v.root())) && !outputs.contains(n.name())) {
        same.put(n.name(), v.root());
      } else if (!inputs.get(0).equals(v.root()) || n.layer() instanceof Permute) {
        parts.nodes.put(n.name(), new Network.Node(n.name(), reshape(shape), List.of(v.root())));
      }
    }
    parts.sweep(outputs);
  }

  private static boolean moves(Layer l) {
    return l instanceof Reshape || l instanceof Flatten || l instanceof Permute;
  }

  private static Layer reshape(Shape to) {
    return to.rank() == 1
        ? new Flatten()
        : new Reshape(Arrays.stream(to.toArray()).mapToInt(Math::toIntExact).toArray());
  }

  /** Sorts the layers so that each follows its inputs; otherwise their order is unchanged. */
  private void order() {
    Map<String, Network.Node> sorted = new LinkedHashMap<>();
    Set<String> met = new HashSet<>();
    for (String name : List.copyOf(parts.nodes.keySet())) {
      List<String> open = new ArrayList<>(List.of(name));
      while (!open.isEmpty()) {
        Network.Node n = parts.nodes.get(open.get(open.size() - 1));
        List<String> before =
            n == null || !met.add(n.name())
                ? List.of()
                : n.inputs().stream().filter(i -> !sorted.containsKey(i)).toList();
        if (!before.isEmpty()) {
          open.addAll(before);
          continue;
        }
        open.remove(open.size() - 1);
        if (n != null) {
          sorted.putIfAbsent(n.name(), n);
        }
      }
    }
    parts.nodes.clear();
    parts.nodes.putAll(sorted);
  }
}
