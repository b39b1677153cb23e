package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Buffer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The inputs, layers and outputs of a network, copied and checked, with the properties of its
 * layers: shapes, parameters, buffers. Immutable.
 */
final class Graph {
  /** Far beyond any network that trains; bounds what a file can make us plan. */
  private static final int MAX_NODES = 10_000;

  final Map<String, Shape> inputs;

  /** The first of them. */
  final Shape input;

  final List<Network.Node> nodes;
  final List<String> outputs;
  final Map<String, Shape> shapes;
  final Map<String, Network.Facts> facts;
  final Map<String, Parameter> parameters;
  final Map<String, Buffer> buffers;

  /** The shapes of parameters and buffers. */
  final Map<String, Shape> state;

  /** Multiply-adds of one sample; 0 for layers with free input height or width. */
  final long multiplyAdds;

  /**
   * @param network its name, for messages
   * @throws ShapeException with every problem at once
   */
  Graph(String network, Map<String, Shape> inputs, List<Network.Node> nodes, List<String> outputs) {
    this.inputs = Require.all("network", "inputs", inputs);
    this.nodes = Require.all("network", "nodes", nodes);
    this.outputs = Require.all("network", "outputs", outputs);
    requireCount(Math.addExact(this.inputs.size(), this.nodes.size()));
    Inference all = new Inference(this.inputs, this.nodes, this.outputs);
    if (!all.problems.isEmpty()) {
      throw new ShapeException("network " + network + ": " + String.join("; ", all.problems));
    }
    input = this.inputs.values().iterator().next();
    shapes = Collections.unmodifiableMap(all.shapes);
    facts = all.facts;
    parameters = Collections.unmodifiableMap(all.parameters);
    buffers = Collections.unmodifiableMap(all.buffers);
    multiplyAdds = all.multiplyAdds;
    Map<String, Shape> tensors = new LinkedHashMap<>();
    parameters.forEach((n, p) -> tensors.put(n, p.shape()));
    buffers.forEach((n, b) -> tensors.put(n, b.shape()));
    state = Collections.unmodifiableMap(tensors);
  }

  /** The problems of these nodes, without making a network of them. */
  static List<String> check(Shape input, List<Network.Node> nodes) {
    Require.present("network", "input", input);
    List<Network.Node> copy = Require.all("network", "nodes", nodes);
    requireCount(copy.size());
    return List.copyOf(new Inference(Map.of(Network.INPUT, input), copy, last(copy)).problems);
  }

  static List<String> last(List<Network.Node> nodes) {
    List<Network.Node> all = Require.all("network", "nodes", nodes);
    return all.isEmpty() ? List.of() : List.of(all.get(all.size() - 1).name());
  }

  static void requireCount(int layers) {
    if (layers > MAX_NODES) {
      throw new InvalidArgumentException(
          "network: "
              + layers
              + " layers are more than the "
              + MAX_NODES
              + " that a network may have");
    }
  }

  /** Whether the height or width of an input is free. */
  boolean isFree() {
    return inputs.values().stream().anyMatch(Shape::isFree);
  }

  /**
   * Refuses an operation while the height or width of an input is free.
   *
   * @param network its name, for messages
   */
  void requireSizes(String network, String operation) {
    if (isFree()) {
      throw new ShapeException(
          Require.present("network", "operation", operation)
              + ": network "
              + network
              + " has a dynamic height or width (input "
              + text(inputs.values())
              + "): choose a size with network.at");
    }
  }

  /**
   * The facts of a node, as its layer gave them.
   *
   * @param network its name, for messages
   */
  Network.Facts facts(String network, String node) {
    Network.Facts known = facts.get(Require.present("network", "node", node));
    if (known == null) {
      throw new InvalidArgumentException("network " + network + ": unknown layer " + node);
    }
    return known;
  }

  /** The number of trainable values. */
  long parameterCount() {
    return parameters.values().stream().mapToLong(p -> p.shape().elements()).sum();
  }

  /** Whether inputs, in their order, nodes and outputs are equal; the rest follows from these. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || other instanceof Graph g
            && List.copyOf(inputs.entrySet()).equals(List.copyOf(g.inputs.entrySet()))
            && nodes.equals(g.nodes)
            && outputs.equals(g.outputs);
  }

  @Override
  public int hashCode() {
    return Objects.hash(inputs, nodes, outputs);
  }

  /** In one line: inputs, number of layers and parameters, outputs. */
  @Override
  public String toString() {
    return (inputs.size() == 1 ? "input " : "inputs ")
        + Names.inLine(text(inputs.values()))
        + ", "
        + nodes.size()
        + " layers, "
        + parameterCount()
        + (outputs.size() == 1 ? " parameters, output " : " parameters, outputs ")
        + Names.inLine(text(outputs.stream().map(shapes::get).toList()));
  }

  static String text(Collection<Shape> all) {
    return all.stream().map(Shape::toString).collect(Collectors.joining(", "));
  }
}
