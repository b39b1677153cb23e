package dev.quern;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.layer.Buffer;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An immutable description of a network: an input shape and layers in order, each with a name and
 * the names of the layers that feed it. Shapes follow from the input; constructing a network checks
 * them all.
 *
 * @param name what the network is called in files and summaries
 * @param input one sample's shape, {@code [C, H, W]} or {@code [F]}
 * @param nodes the layers, each after those that feed it; the last one's output is the network's
 */
public record Network(String name, Shape input, List<Node> nodes) {
  /** The name by which a node names the network's input. */
  public static final String INPUT = "input";

  /** Far beyond any network that trains; bounds what a file can make us plan. */
  private static final int MAX_NODES = 10_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*");

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

  public Network {
    Require.present("network", "name", name);
    Require.present("network", "input", input);
    nodes = Require.all("network", "nodes", nodes);
    if (nodes.size() > MAX_NODES) {
      throw new InvalidArgumentException(
          "network: "
              + nodes.size()
              + " layers are more than the "
              + MAX_NODES
              + " that a network may have");
    }
    List<String> problems = check(input, nodes);
    if (!problems.isEmpty()) {
      throw new ShapeException("network " + name + ": " + String.join("; ", problems));
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
    Require.all("network", "nodes", nodes);
    List<String> problems = new ArrayList<>();
    if (nodes.isEmpty()) {
      problems.add("it has no layers");
    }
    if (input.elements() == 0) {
      problems.add("input " + input + " is empty");
    }
    infer(input, nodes, problems);
    return problems;
  }

  private static Map<String, Shape> infer(Shape input, List<Node> nodes, List<String> problems) {
    Map<String, Shape> shapes = new HashMap<>();
    shapes.put(INPUT, input);
    for (Node n : nodes) {
      if (!NAME.matcher(n.name()).matches()) {
        problems.add(
            "\"" + n.name() + "\" is not a layer name (letters, digits, _ and dots between them)");
      }
      if (shapes.containsKey(n.name())) {
        problems.add("two layers are called " + n.name());
      } else {
        shapes.put(n.name(), infer(n, shapes, problems));
      }
    }
    return shapes;
  }

  /**
   * One node's output shape; null, with the problem noted, where it has none or hangs on such a
   * node.
   */
  private static Shape infer(Node n, Map<String, Shape> shapes, List<String> problems) {
    boolean merges = n.layer().merges();
    int count = n.inputs().size();
    if (merges ? count < 2 : count != 1) {
      problems.add(
          "layer "
              + n.name()
              + ": "
              + n.layer().type()
              + " takes "
              + (merges ? "2 inputs or more" : "1 input")
              + ", not "
              + count);
      return null;
    }
    List<Shape> in = new ArrayList<>();
    for (String from : n.inputs()) {
      if (!shapes.containsKey(from)) {
        problems.add("layer " + n.name() + ": its input " + from + " is not a layer before it");
      }
      in.add(shapes.get(from));
    }
    if (in.contains(null)) {
      return null;
    }
    try {
      return n.layer() instanceof CustomLayer own
          ? CustomChecks.outputShape(n.name(), own, in.get(0))
          : n.layer().outputShape(in);
    } catch (InvalidArgumentException e) {
      problems.add(
          e.getMessage()
              + " (layer "
              + n.name()
              + ", input "
              + in.stream().map(Shape::toString).collect(Collectors.joining(" and "))
              + ")");
      return null;
    }
  }

  /** The output shape of every layer and of {@link #INPUT}, for one sample. */
  public Map<String, Shape> shapes() {
    return infer(input, nodes, new ArrayList<>());
  }

  /** The network's output shape for one sample. */
  public Shape output() {
    return shapes().get(nodes.get(nodes.size() - 1).name());
  }

  /** Every trainable tensor under its dotted name, for example {@code conv1.weight}, in order. */
  public Map<String, Parameter> parameters() {
    Map<String, Shape> shapes = shapes();
    Map<String, Parameter> all = new LinkedHashMap<>();
    for (Node n : nodes) {
      for (Parameter p : n.layer().parameters(shapes.get(n.inputs().get(0)))) {
        all.put(n.name() + "." + p.name(), p);
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * What layers remember besides parameters, under dotted names, for example {@code
   * bn1.running_mean}.
   */
  public Map<String, Buffer> buffers() {
    Map<String, Shape> shapes = shapes();
    Map<String, Buffer> all = new LinkedHashMap<>();
    for (Node n : nodes) {
      for (Buffer b : n.layer().buffers(shapes.get(n.inputs().get(0)))) {
        all.put(n.name() + "." + b.name(), b);
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /** The shapes of all parameters and buffers, under dotted names: what a saved model holds. */
  public Map<String, Shape> state() {
    Map<String, Shape> all = new LinkedHashMap<>();
    parameters().forEach((name, p) -> all.put(name, p.shape()));
    buffers().forEach((name, b) -> all.put(name, b.shape()));
    return Collections.unmodifiableMap(all);
  }

  /** The number of trainable values. */
  public long parameterCount() {
    return parameters().values().stream().mapToLong(p -> p.shape().elements()).sum();
  }

  /** Multiply-adds of one sample's forward pass. */
  public long multiplyAdds() {
    Map<String, Shape> shapes = shapes();
    return nodes.stream()
        .mapToLong(n -> n.layer().multiplyAdds(shapes.get(n.inputs().get(0))))
        .sum();
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
      int count = counts.merge(layer.type(), 1, Integer::sum);
      return add(layer.type() + count, layer);
    }

    /**
     * Adds a layer.
     *
     * @param inputs the nodes (or {@link #INPUT}) that feed it; none for the layer before
     */
    public Builder add(String layerName, Layer layer, String... inputs) {
      List<String> from =
          Arrays.asList(Require.present("network: layer " + layerName, "inputs", inputs));
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
