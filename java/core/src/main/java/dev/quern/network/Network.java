package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.Require;
import dev.quern.layer.Buffer;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable description of a network: an input shape and layers in order, each with a name and
 * the names of the layers that feed it. Shapes follow from the input; constructing a network checks
 * them all. Every layer is asked for its shapes then, once: what a layer of the user's own answers
 * later changes nothing. Networks of equal names, inputs and nodes are equal.
 */
public final class Network {
  /** The name by which a node names the network's input. */
  public static final String INPUT = "input";

  /** Far beyond any network that trains; bounds what a file can make us plan. */
  private static final int MAX_NODES = 10_000;

  private final String name;
  private final Shape input;
  private final List<Node> nodes;
  private final Map<String, Shape> shapes;
  private final Map<String, Facts> facts;
  private final Map<String, Parameter> parameters;
  private final Map<String, Buffer> buffers;
  private final Map<String, Shape> state;
  private final long multiplyAdds;

  /**
   * A layer in its place.
   *
   * @param name unique in the network; dots make paths, as in {@code block1.conv1}
   * @param inputs the nodes (or {@link #INPUT}) that feed it
   */
  public record Node(String name, Layer layer, List<String> inputs) {
    public Node {
      Require.present("network", "layer name", name);
      Require.present("network: layer " + name, "description", layer);
      inputs = Require.all("network: layer " + name, "inputs", inputs);
    }
  }

  /**
   * What a layer said of itself when its network was made.
   *
   * @param type the operator's name
   * @param input the shape of its first input
   * @param output the shape of its output
   * @param parameters by which it is trained
   * @param buffers that it remembers besides
   * @param multiplyAdds of one sample's forward pass
   */
  public record Facts(
      String type,
      Shape input,
      Shape output,
      List<Parameter> parameters,
      List<Buffer> buffers,
      long multiplyAdds) {
    public Facts {
      Require.present("network", "layer type", type);
      Require.present("network", "layer input", input);
      Require.present("network", "layer output", output);
      parameters = Require.all("network", "layer parameters", parameters);
      buffers = Require.all("network", "layer buffers", buffers);
    }
  }

  /**
   * A network of these layers.
   *
   * @param name what the network is called in files and summaries
   * @param input one sample's shape, {@code [C, H, W]} or {@code [F]}
   * @param nodes the layers, each after those that feed it; the last one's output is the network's
   * @throws ShapeException with every problem at once
   */
  public Network(String name, Shape input, List<Node> nodes) {
    this.name = Require.present("network", "name", name);
    this.input = Require.present("network", "input", input);
    this.nodes = Require.all("network", "nodes", nodes);
    requireCount(this.nodes.size());
    Inference all = new Inference(input, this.nodes);
    if (!all.problems.isEmpty()) {
      throw new ShapeException("network " + name + ": " + String.join("; ", all.problems));
    }
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

  private static void requireCount(int layers) {
    if (layers > MAX_NODES) {
      throw new InvalidArgumentException(
          "network: "
              + layers
              + " layers are more than the "
              + MAX_NODES
              + " that a network may have");
    }
  }

  /**
   * A sequential network whose layers are named by type and count: {@code conv2d1}, {@code relu1},
   * ...
   */
  public static Network of(String name, Shape input, Layer... layers) {
    Builder b = builder(name, input);
    for (Layer l : Require.present("network", "layers", layers)) {
      b.add(l);
    }
    return b.build();
  }

  public static Builder builder(String name, Shape input) {
    return new Builder(name, input);
  }

  /**
   * Every problem of these nodes at once, each with its layer's name; empty when the network is
   * sound. A layer behind a broken one is not judged.
   */
  public static List<String> check(Shape input, List<Node> nodes) {
    Require.present("network", "input", input);
    List<Node> copy = Require.all("network", "nodes", nodes);
    requireCount(copy.size());
    return List.copyOf(new Inference(input, copy).problems);
  }

  /** What the network is called in files and summaries. */
  public String name() {
    return name;
  }

  /** One sample's shape, {@code [C, H, W]} or {@code [F]}. */
  public Shape input() {
    return input;
  }

  /** The layers, each after those that feed it; the last one's output is the network's. */
  public List<Node> nodes() {
    return nodes;
  }

  /**
   * What a node's layer said of itself when the network was made.
   *
   * @throws InvalidArgumentException if the network has no such node
   */
  public Facts facts(String node) {
    Facts known = facts.get(Require.present("network", "node", node));
    if (known == null) {
      throw new InvalidArgumentException("network " + name + ": it has no layer " + node);
    }
    return known;
  }

  /** The output shape of every layer and of {@link #INPUT}, for one sample. */
  public Map<String, Shape> shapes() {
    return shapes;
  }

  /** The network's output shape for one sample. */
  public Shape output() {
    return shapes.get(nodes.get(nodes.size() - 1).name());
  }

  /** Every trainable tensor under its dotted name, for example {@code conv1.weight}, in order. */
  public Map<String, Parameter> parameters() {
    return parameters;
  }

  /**
   * What layers remember besides parameters, under dotted names, for example {@code
   * bn1.running_mean}.
   */
  public Map<String, Buffer> buffers() {
    return buffers;
  }

  /** The shapes of all parameters and buffers, under dotted names: what a saved model holds. */
  public Map<String, Shape> state() {
    return state;
  }

  /** The number of trainable values. */
  public long parameterCount() {
    return parameters.values().stream().mapToLong(p -> p.shape().elements()).sum();
  }

  /** Multiply-adds of one sample's forward pass. */
  public long multiplyAdds() {
    return multiplyAdds;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || other instanceof Network n
            && name.equals(n.name)
            && input.equals(n.input)
            && nodes.equals(n.nodes);
  }

  @Override
  public int hashCode() {
    return (name.hashCode() * 31 + input.hashCode()) * 31 + nodes.hashCode();
  }

  /**
   * One line: name, input, number of layers and parameters, output. {@link dev.quern.train.Summary}
   * has the layers.
   */
  @Override
  public String toString() {
    return "Network "
        + Names.inLine(name)
        + ": input "
        + Names.inLine(input.toString())
        + ", "
        + nodes.size()
        + " layers, "
        + parameterCount()
        + " parameters, output "
        + Names.inLine(output().toString());
  }

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
  public static final class Builder {
    private final String name;
    private final Shape input;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    private Builder(String name, Shape input) {
      this.name = name;
      this.input = input;
    }

    /** Adds a layer named by type and count. */
    public Builder add(Layer layer) {
      Require.present("network", "layer", layer);
      String type =
          layer instanceof CustomLayer own ? CustomChecks.type("to come", own) : layer.type();
      return add(type + counts.merge(type, 1, Integer::sum), layer);
    }

    /**
     * Adds a layer.
     *
     * @param inputs the nodes (or {@link #INPUT}) that feed it; none for the layer before
     */
    public Builder add(String layerName, Layer layer, String... inputs) {
      List<String> from =
          Arrays.asList(Require.present("network: layer " + layerName, "inputs", inputs));
      requireCount(nodes.size() + 1);
      nodes.add(new Node(layerName, layer, from.isEmpty() ? List.of(last()) : from));
      return this;
    }

    /** The name of the layer added last, or {@link #INPUT}. */
    public String last() {
      return nodes.isEmpty() ? INPUT : nodes.get(nodes.size() - 1).name();
    }

    /**
     * @throws ShapeException with every problem at once
     */
    public Network build() {
      return new Network(name, input, nodes);
    }
  }
}
