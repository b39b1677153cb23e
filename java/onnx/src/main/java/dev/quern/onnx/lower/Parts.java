package dev.quern.onnx.lower;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network under construction: its layers by name, with their shapes and weights. */
final class Parts {
  private static final int LONGEST_NAME = 200;

  /**
   * The maximum number of layers before decomposed functions are replaced; limits the work that a
   * small malicious file can cause.
   */
  private static final int MOST_LAYERS = 100_000;

  final Map<String, Network.Node> nodes = new LinkedHashMap<>();
  final Map<String, Shape> shapes = new HashMap<>();
  final Map<String, float[]> weights = new HashMap<>();
  final Periods periods = new Periods();

  /** The existing reshape layers by the value that they reshape. */
  private final Map<String, Map<Layer, String>> reshaped = new HashMap<>();

  /** The next number to append to each requested name. */
  private final Map<String, Integer> named = new HashMap<>();

  /** The new names of renamed layers by their old names. */
  private final Map<String, String> renamed = new HashMap<>();

  /**
   * Adds a layer with the given inputs.
   *
   * @param base the first part of the layer's name
   * @param own the layer's weights by their names within the layer
   * @return the layer's name
   */
  String add(String base, Layer layer, List<String> inputs, Map<String, float[]> own) {
    if (nodes.size() >= MOST_LAYERS) {
      throw new Refusal("the network would have more than " + MOST_LAYERS + " layers");
    }
    List<Shape> in = inputs.stream().map(shapes::get).toList();
    Shape out = layer.merges() ? layer.outputShape(in) : layer.outputShape(in.get(0));
    String name = unique(base);
    for (Parameter p : layer.parameters(in)) {
      put(name, p.name(), p.shape(), own);
    }
    layer.buffers(in.get(0)).forEach(b -> put(name, b.name(), b.shape(), own));
    nodes.put(name, new Network.Node(name, layer, inputs));
    shapes.put(name, out);
    periods.layer(name, layer, inputs);
    return name;
  }

  private void put(String node, String weight, Shape shape, Map<String, float[]> own) {
    float[] values = own.get(weight);
    if (values == null || values.length != shape.elements()) {
      throw new Refusal(
          "its "
              + weight
              + " must have shape "
              + shape
              + ", found "
              + (values == null ? "nothing" : values.length + " values"));
    }
    weights.put(node + "." + weight, values);
  }

  /** Returns a layer that reshapes a value, or the value itself if it already has that shape. */
  String reshape(String node, Shape to) {
    if (shapes.get(node).equals(to)) {
      return node;
    }
    Network.Node from = nodes.get(node);
    if (from != null && (from.layer() instanceof Reshape || from.layer() instanceof Flatten)) {
      return reshape(from.inputs().get(0), to);
    }
    String base = node + (to.rank() == 1 ? "_flatten" : "_reshape");
    Layer layer =
        to.rank() == 1
            ? new Flatten()
            : new Reshape(Arrays.stream(to.toArray()).mapToInt(Math::toIntExact).toArray());
    Map<Layer, String> known = reshaped.computeIfAbsent(node, k -> new HashMap<>());
    if (!known.containsKey(layer)) {
      known.put(layer, add(base, layer, List.of(node), Map.of()));
    }
    return known.get(layer);
  }

  /** Returns an unused layer name that is derived from a name in the file. */
  String unique(String wanted) {
    String name = path(wanted);
    String free = name;
    for (int i = named.getOrDefault(name, 1); shapes.containsKey(free); i++) {
      free = name + "_" + i;
      named.put(name, i + 1);
    }
    return free;
  }

  /** Converts a name in the file to a valid layer name: words separated by dots. */
  static String path(String wanted) {
    List<String> words = new ArrayList<>();
    for (String part : wanted.split("[./:]+")) {
      String word = part.replaceAll("[^A-Za-z0-9_]", "_");
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    String name = words.isEmpty() ? "layer" : String.join(".", words);
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, LONGEST_NAME).replaceAll("[.]+$", "");
  }

  /** Renames a layer without weights. */
  String rename(String from, String to) {
    Map<String, Network.Node> all = new LinkedHashMap<>();
    nodes.forEach(
        (name, n) -> {
          String own = name.equals(from) ? to : name;
          List<String> inputs = n.inputs().stream().map(i -> i.equals(from) ? to : i).toList();
          all.put(own, new Network.Node(own, n.layer(), inputs));
        });
    nodes.clear();
    nodes.putAll(all);
    shapes.put(to, shapes.remove(from));
    renamed.put(from, to);
    return to;
  }

  /** Returns the current name of a layer. */
  String current(String node) {
    String name = node;
    while (renamed.containsKey(name)) {
      name = renamed.get(name);
    }
    return name;
  }

  /** Returns whether the weight with this name belongs to a layer. */
  static boolean isOf(String weight, String layer) {
    return weight.lastIndexOf('.') == layer.length() && weight.startsWith(layer);
  }

  /** Returns whether a layer has weights; the names of its weights start with the layer's name. */
  boolean isWeighted(String layer) {
    return weights.keySet().stream().anyMatch(w -> isOf(w, layer));
  }

  /** Removes the layers on which no output depends. */
  void sweep(List<String> outputs) {
    Map<String, Boolean> read = new HashMap<>();
    outputs.forEach(o -> read.put(o, true));
    List<Network.Node> all = new ArrayList<>(nodes.values());
    for (int i = all.size() - 1; i >= 0; i--) {
      Network.Node n = all.get(i);
      if (read.containsKey(n.name())) {
        n.inputs().forEach(in -> read.put(in, true));
      } else {
        nodes.remove(n.name());
      }
    }
    weights.keySet().removeIf(w -> !nodes.containsKey(w.substring(0, w.lastIndexOf('.'))));
  }
}
