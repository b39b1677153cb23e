package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builder of a {@link Network}. By default, each layer reads the preceding layer. Not thread-safe.
 *
 * <pre>{@code
 * Network.builder("residual", Shape.of(3, 32, 32))
 *     .add("conv1", new Conv2d(16, 3).padding(1))
 *     .add("conv2", new Conv2d(16, 3).padding(1))
 *     .add("sum", new Add(), "conv1", "conv2")
 * }</pre>
 */
public final class NetworkBuilder {
  private final String name;
  private final Map<String, Shape> inputs = new LinkedHashMap<>();
  private final List<Network.Node> nodes = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private @Nullable Task only;
  private final Map<String, Integer> counts = new HashMap<>();

  /** The names of all inputs and layers. */
  private final Set<String> names = new HashSet<>();

  NetworkBuilder(String name) {
    this.name = name;
  }

  /** Creates a builder with the inputs and layers of a network, but not its outputs. */
  NetworkBuilder(Network begun) {
    this(begun.name());
    inputs.putAll(begun.inputs());
    nodes.addAll(begun.nodes());
    names.addAll(begun.shapes().keySet());
  }

  /**
   * Adds an input.
   *
   * @param shape sample shape, {@code [C, H, W]} or {@code [F]}
   * @throws InvalidArgumentException if the name is already used
   */
  public NetworkBuilder input(String inputName, Shape shape) {
    Require.present("network", "input name", inputName);
    Require.present("network", "input", shape);
    Graph.requireCount(inputs.size() + nodes.size() + 1);
    if (inputs.putIfAbsent(inputName, shape) != null) {
      throw new InvalidArgumentException("network: two inputs are called " + inputName);
    }
    names.add(inputName);
    return this;
  }

  /** Sets the layers whose results are the network's outputs; by default, only the last layer. */
  public NetworkBuilder output(String... layerNames) {
    outputs.addAll(
        Require.all(
            "network",
            "outputs",
            Arrays.asList(Require.present("network", "outputs", layerNames))));
    return this;
  }

  /** Sets the task of the first output. */
  public NetworkBuilder task(Task task) {
    only = Require.present("network", "task", task);
    return this;
  }

  /** Adds a layer's result to the network's outputs, with a task. */
  public NetworkBuilder output(String layerName, Task task) {
    Require.present("network", "task", task);
    output(layerName);
    tasks.put(layerName, task);
    return this;
  }

  /**
   * Adds a layer that is named by type and number, such as {@code relu1}. Names that are already
   * used are skipped.
   */
  public NetworkBuilder add(Layer layer) {
    LayerTypes.require("to come", Require.present("network", "layer", layer));
    String type =
        layer instanceof CustomLayer own ? CustomChecks.type("to come", own) : layer.type();
    String free = type + counts.merge(type, 1, Integer::sum);
    while (names.contains(free)) {
      free = type + counts.merge(type, 1, Integer::sum);
    }
    return add(free, layer);
  }

  /**
   * Adds a layer.
   *
   * @param from the names of the layers and inputs that the new layer reads; empty for the
   *     preceding layer
   */
  public NetworkBuilder add(String layerName, Layer layer, String... from) {
    List<String> fed =
        Arrays.asList(Require.present("network: layer " + layerName, "inputs", from));
    Graph.requireCount(nodes.size() + 1);
    nodes.add(new Network.Node(layerName, layer, fed.isEmpty() ? List.of(last()) : fed));
    names.add(layerName);
    return this;
  }

  /**
   * Returns the name of the layer added last; without layers, the name of the first input; without
   * inputs, {@link Network#INPUT}.
   */
  public String last() {
    return nodes.isEmpty()
        ? inputs.keySet().stream().findFirst().orElse(Network.INPUT)
        : nodes.get(nodes.size() - 1).name();
  }

  /**
   * Creates the network.
   *
   * @throws ShapeException if the network is not valid; the message lists all problems
   */
  public Network build() {
    List<String> ends = outputs.isEmpty() ? Graph.last(nodes) : outputs;
    Network made = new Network(name, inputs, nodes, ends, tasks);
    return only == null ? made : made.withTask(only);
  }
}
