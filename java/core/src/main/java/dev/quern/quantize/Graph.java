package dev.quern.quantize;

import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.ByteValues;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lookup of a network's nodes, and of the nodes that read each value. */
final class Graph {
  final Network network;
  private final Map<String, Network.Node> nodes = new HashMap<>();
  private final Map<String, List<Network.Node>> readers = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();

  Graph(Network network) {
    this.network = network;
    for (Network.Node n : network.nodes()) {
      places.put(n.name(), places.size());
      nodes.put(n.name(), n);
      for (String from : n.inputs()) {
        readers.computeIfAbsent(from, f -> new ArrayList<>()).add(n);
      }
    }
  }

  /** Returns the node that computes a value; null for an input of the network. */
  Network.@Nullable Node node(String value) {
    return nodes.get(value);
  }

  @Nullable Layer layer(String value) {
    Network.Node n = nodes.get(value);
    return n == null ? null : n.layer();
  }

  /** Returns the index of a node in the network. */
  int place(String node) {
    return places.get(node);
  }

  List<Network.Node> readers(String value) {
    return readers.getOrDefault(value, List.of());
  }

  /**
   * Returns the shape of a layer's output for one sample, with the channel as first axis. The
   * channels of a fully connected layer are its last axis; other axes count as more samples.
   */
  Shape channels(String layer) {
    Shape shape = shape(layer);
    return layer(layer) instanceof Linear ? Shape.of(shape.dim(shape.rank() - 1)) : shape;
  }

  /** Returns the shape of a value for one sample. */
  Shape shape(String value) {
    Shape input = network.inputs().get(value);
    return input == null ? network.shapes().get(value) : input;
  }

  /**
   * Returns the only node that reads a value; null if there are several or none, or if the value is
   * an output.
   */
  Network.@Nullable Node onlyReader(String value) {
    List<Network.Node> all = readers(value);
    return all.size() == 1 && !network.outputs().contains(value) ? all.get(0) : null;
  }

  /** Returns the origin of a value, skipping layers that only copy or rearrange int8 values. */
  String source(String value) {
    String at = value;
    while (nodes.containsKey(at) && ByteValues.use(nodes.get(at).layer()) == ByteUse.PASSES) {
      at = nodes.get(at).inputs().get(0);
    }
    return at;
  }

  /**
   * Returns the origins of a value, as {@link #source} does. A concatenation of channels has
   * several.
   */
  List<String> sources(String value) {
    Set<String> found = new LinkedHashSet<>();
    collect(value, found, new HashSet<>());
    return List.copyOf(found);
  }

  private void collect(String value, Set<String> found, Set<String> met) {
    String source = source(value);
    Network.Node n = nodes.get(source);
    if (n == null || !(n.layer() instanceof Concat c) || !alongChannels(c, n)) {
      found.add(source);
    } else if (met.add(source)) {
      n.inputs().forEach(in -> collect(in, found, met));
    }
  }

  private boolean alongChannels(Concat concat, Network.Node n) {
    Shape shape = network.shapes().get(n.name());
    return concat.axis() == 0 || concat.axis() == -shape.rank();
  }
}
