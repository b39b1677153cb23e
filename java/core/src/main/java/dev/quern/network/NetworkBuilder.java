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
 * Collects layers in order; each is fed by the one before it unless it names its inputs. Not
 * thread-safe.
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

  /** Names in use. */
  private final Set<String> names = new HashSet<>();

  NetworkBuilder(String name) {
    this.name = name;
  }

  /** Begins with all that a network has but its outputs. */
  NetworkBuilder(Network begun) {
    this(begun.name());
    inputs.putAll(begun.inputs());
    nodes.addAll(begun.nodes());
    names.addAll(begun.shapes().keySet());
  }

  /**
   * Adds an input.
   *
   * @param shape one sample's, {@code [C, H, W]} or {@code [F]}
   * @throws InvalidArgumentException if there is one of that name
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

  /** Makes the outputs of these layers the network's; by default that is the last one's. */
  public NetworkBuilder output(String... layerNames) {
    outputs.addAll(
        Require.all(
            "network",
            "outputs",
            Arrays.asList(Require.present("network", "outputs", layerNames))));
    return this;
  }

  /** Says what the only output is for, or the first. */
  public NetworkBuilder task(Task task) {
    only = Require.present("network", "task", task);
    return this;
  }

  /** Makes the output of this layer one of the network's outputs, with a task. */
  public NetworkBuilder output(String layerName, Task task) {
    Require.present("network", "task", task);
    output(layerName);
    tasks.put(layerName, task);
    return this;
  }

  /** Adds a layer named by type and count, such as {@code relu1}; names in use are skipped. */
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
   * @param from the nodes and inputs that feed it; none for the layer before
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
   * The name of the layer added last, or else of the first input, or else {@link Network#INPUT}.
   */
  public String last() {
    return nodes.isEmpty()
        ? inputs.keySet().stream().findFirst().orElse(Network.INPUT)
        : nodes.get(nodes.size() - 1).name();
  }

  /**
   * @throws ShapeException with every problem at once
   */
  public Network build() {
    List<String> ends = outputs.isEmpty() ? Graph.last(nodes) : outputs;
    Network made = new Network(name, inputs, nodes, ends, tasks);
    return only == null ? made : made.withTask(only);
  }
}
