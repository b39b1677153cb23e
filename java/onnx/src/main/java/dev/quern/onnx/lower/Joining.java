package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces decomposed functions, which are several layers, by a single layer that computes the same
 * function.
 */
final class Joining {
  private final Parts parts;
  private final Set<String> outputs;

  private final Map<String, Integer> reads = new HashMap<>();
  private final Map<String, Set<String>> readers = new HashMap<>();

  private Joining(Parts parts, List<String> outputs) {
    this.parts = parts;
    this.outputs = Set.copyOf(outputs);
  }

  /** Replaces decomposed functions until none remains. */
  static void run(Parts parts, List<String> outputs) {
    Joining joining = new Joining(parts, outputs);
    boolean changed = true;
    while (changed) {
      changed = false;
      joining.count();
      for (Network.Node n : List.copyOf(parts.nodes.values())) {
        if (parts.nodes.get(n.name()) == n) {
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
    reads.clear();
    readers.clear();
    parts.nodes.values().forEach(this::read);
  }

  private void read(Network.Node n) {
    for (String in : n.inputs()) {
      reads.merge(in, 1, Integer::sum);
      readers.computeIfAbsent(in, k -> new LinkedHashSet<>()).add(n.name());
    }
  }

  Parts parts() {
    return parts;
  }

  boolean isOutput(String name) {
    return outputs.contains(name);
  }

  /** Returns the number of layer inputs that read a value. */
  int readers(String name) {
    return reads.getOrDefault(name, 0);
  }

  /** Returns the layer that computes a value if it has this class; otherwise null. */
  Network.@Nullable Node made(String name, Class<? extends Layer> kind) {
    Network.Node n = parts.nodes.get(name);
    return n != null && kind.isInstance(n.layer()) ? n : null;
  }

  /**
   * Returns the layer that computes a value if it has this class and the value is read exactly
   * {@code times} times; otherwise null.
   */
  Network.@Nullable Node only(String name, Class<? extends Layer> kind, int times) {
    return readers(name) == times && !isOutput(name) ? made(name, kind) : null;
  }

  /**
   * Returns the layer that computes a value if it has this class and the value is read exactly
   * once; otherwise null.
   */
  Network.@Nullable Node only(String name, Class<? extends Layer> kind) {
    return only(name, kind, 1);
  }

  /** Returns the input of a two-input layer that is not {@code one}. */
  static String other(Network.Node n, String one) {
    return n.inputs().get(n.inputs().get(0).equals(one) ? 1 : 0);
  }

  /** Replaces a layer by another layer of the same name. */
  void replace(Network.Node n, Layer layer, String... inputs) {
    Network.Node now = new Network.Node(n.name(), layer, List.of(inputs));
    Network.Node old = parts.nodes.put(n.name(), now);
    if (old != null) {
      for (String in : old.inputs()) {
        reads.merge(in, -1, Integer::sum);
        readers.get(in).remove(n.name());
      }
    }
    read(now);
  }

  /**
   * Redirects all readers of one layer to another layer; layers without readers are removed after
   * each round.
   */
  void redirect(String from, String to) {
    for (String reader : List.copyOf(readers.getOrDefault(from, Set.of()))) {
      Network.Node n = parts.nodes.get(reader);
      if (n != null) {
        replace(
            n,
            n.layer(),
            n.inputs().stream().map(i -> i.equals(from) ? to : i).toArray(String[]::new));
      }
    }
  }
}
