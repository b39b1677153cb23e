package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is spelled by several layers and known as one. */
final class Joining {
  private final Parts parts;
  private final Set<String> outputs;
  private final Map<String, Integer> readers = new HashMap<>();

  private Joining(Parts parts, List<String> outputs) {
    this.parts = parts;
    this.outputs = Set.copyOf(outputs);
  }

  /** Joins what can be joined, until nothing changes. */
  static void run(Parts parts, List<String> outputs) {
    Joining joining = new Joining(parts, outputs);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Network.Node n : List.copyOf(parts.nodes.values())) {
        if (parts.nodes.get(n.name()) == n) {
          joining.count();
          changed |=
              JoinedFunctions.join(joining, n)
                  || JoinedNorms.join(joining, n)
                  || JoinedWeights.join(joining, n);
        }
      }
      parts.sweep(outputs);
    }
  }

  private void count() {
    readers.clear();
    parts.nodes.values().forEach(n -> n.inputs().forEach(i -> readers.merge(i, 1, Integer::sum)));
  }

  Parts parts() {
    return parts;
  }

  boolean isOutput(String name) {
    return outputs.contains(name);
  }

  /** How often layers read a value. */
  int readers(String name) {
    return readers.getOrDefault(name, 0);
  }

  /** The layer that makes a value, where it is of a kind; else null. */
  Network.@Nullable Node made(String name, Class<? extends Layer> kind) {
    Network.Node n = parts.nodes.get(name);
    return n != null && kind.isInstance(n.layer()) ? n : null;
  }

  /** The same, where nobody else reads the value, so often does one. */
  Network.@Nullable Node only(String name, Class<? extends Layer> kind, int times) {
    return readers(name) == times && !isOutput(name) ? made(name, kind) : null;
  }

  /** The same, read once. */
  Network.@Nullable Node only(String name, Class<? extends Layer> kind) {
    return only(name, kind, 1);
  }

  /** The other of two inputs. */
  static String other(Network.Node n, String one) {
    return n.inputs().get(n.inputs().get(0).equals(one) ? 1 : 0);
  }

  /** Puts another layer in a layer's place. */
  void replace(Network.Node n, Layer layer, String... inputs) {
    parts.nodes.put(n.name(), new Network.Node(n.name(), layer, List.of(inputs)));
  }
}
