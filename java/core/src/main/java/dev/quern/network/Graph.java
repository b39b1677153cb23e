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
 * The validated inputs, layers and outputs of a network, with the inferred properties of its
 * layers: shapes, parameters and buffers. Immutable.
 */
final class Graph {
  /** Maximum number of inputs and layers, so that a corrupt file cannot exhaust memory. */
  private static final int MAX_NODES = 10_000;

  final Map<String, Shape> inputs;

  /** The shape of the first input. */
  final Shape input;

  final List<Network.Node> nodes;
  final List<String> outputs;
  final Map<String, Shape> shapes;
  final Map<String, Network.Facts> facts;
  final Map<String, Parameter> parameters;
  final Map<String, Buffer> buffers;

  /** The shapes of all parameters and buffers, by dotted name. */
  final Map<String, Shape> state;

  /**
   * Multiply-adds of one sample's forward pass. Layers whose input height or width is dynamic count
   * as 0.
   */
  final long multiplyAdds;

  /**
   * Validates the network and infers all shapes.
   *
   * @param network the network's name, for messages
   * @throws ShapeException if the network is not valid; the message lists all problems
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

  /**
   * Returns the problems of these layers, without creating a network; empty if the layers are
   * valid.
   */
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

  /** Returns whether the height or width of an input is dynamic. */
  boolean isFree() {
    return inputs.values().stream().anyMatch(Shape::isFree);
  }

  /**
   * Checks that the height and width of all inputs are fixed.
   *
   * @param network the network's name, for messages
   * @param operation the operation that requires fixed sizes, for messages
   * @throws ShapeException if a height or width is dynamic
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
   * Returns the properties of a node, as its layer returned them when the network was created.
   *
   * @param network the network's name, for messages
   * @throws InvalidArgumentException if the node does not exist
   */
  Network.Facts facts(String network, String node) {
    Network.Facts known = facts.get(Require.present("network", "node", node));
    if (known == null) {
      throw new InvalidArgumentException("network " + network + ": unknown layer " + node);
    }
    return known;
  }

  /** Returns the number of trainable values. */
  long parameterCount() {
    return parameters.values().stream().mapToLong(p -> p.shape().elements()).sum();
  }

  /**
   * Returns whether inputs, nodes and outputs are equal, including their order. All other
   * properties are derived from these.
   */
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

  /** Returns one line with input shapes, number of layers and parameters, and output shapes. */
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
