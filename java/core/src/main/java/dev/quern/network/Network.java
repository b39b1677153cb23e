package dev.quern.network;

import dev.quern.detect.DetectionTask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Buffer;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable description of a network: inputs with their shapes, layers in order, and the names
 * of the output layers. Each layer has a name and the names of its inputs. Most networks have one
 * input, called {@link #INPUT}, and one output, the result of the last layer. The constructor
 * infers and checks all shapes. It calls each layer's methods once, so later changes of a custom
 * layer have no effect. Networks with equal names, inputs, nodes and outputs are equal.
 *
 * <p>Height and width of an input image may be dynamic ({@link Shape#FREE}) if the shapes of the
 * weights do not depend on them: {@code Shape.of(3, Shape.FREE, Shape.FREE)}. A model then accepts
 * images of any size. For training, {@link #at(Shape)} returns the network at one fixed size.
 */
public final class Network {
  /** The default name of a network's only input. */
  public static final String INPUT = "input";

  private final String name;
  private final Graph graph;
  private final Map<String, Task> tasks;
  private final @Nullable DetectionTask detection;

  /**
   * A layer of a network, with its name and the names of its inputs.
   *
   * @param name the name, unique in the network; dots separate levels, as in {@code block1.conv1}
   * @param layer the layer
   * @param inputs the names of the nodes and network inputs that the layer reads
   */
  public record Node(String name, Layer layer, List<String> inputs) {
    public Node {
      Require.present("network", "layer name", name);
      LayerTypes.require(name, Require.present("network: layer " + name, "description", layer));
      inputs = Require.all("network: layer " + name, "inputs", inputs);
    }
  }

  /**
   * Properties of a layer, computed when its network was created.
   *
   * @param type the operator's name
   * @param input the shape of the layer's first input
   * @param output the shape of the layer's output
   * @param parameters the layer's trainable parameters
   * @param buffers the layer's state besides parameters, such as running statistics
   * @param multiplyAdds multiply-adds of one sample's forward pass; 0 if the input size is dynamic
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
   * Creates a network with one input and one output from these layers.
   *
   * @param name name of the network in files and summaries
   * @param input shape of one sample, {@code [C, H, W]} or {@code [F]}
   * @param nodes the layers, each after its inputs; the last layer's result is the output
   * @throws ShapeException if the network is not valid; the message lists all problems
   */
  public Network(String name, Shape input, List<Node> nodes) {
    this(name, Map.of(INPUT, Require.present("network", "input", input)), nodes, Graph.last(nodes));
  }

  /**
   * Creates a network with any number of inputs and outputs.
   *
   * @param inputs the sample shapes by input name, {@code [C, H, W]} or {@code [F]}; at least one
   * @param nodes the layers, each after its inputs
   * @param outputs the names of the layers that provide the network's outputs; at least one
   * @throws ShapeException if the network is not valid; the message lists all problems
   */
  public Network(String name, Map<String, Shape> inputs, List<Node> nodes, List<String> outputs) {
    this(name, inputs, nodes, outputs, Map.of());
  }

  /**
   * Creates a network as {@link #Network(String, Map, List, List)} does, with tasks.
   *
   * @param tasks tasks by the output's name; other outputs have the task {@link Task#plain}
   * @throws InvalidArgumentException if an output does not exist
   * @throws ShapeException if the network is not valid, with all problems in the message, or if an
   *     output's shape is not valid for its task
   */
  public Network(
      String name,
      Map<String, Shape> inputs,
      List<Node> nodes,
      List<String> outputs,
      Map<String, Task> tasks) {
    this.name = Require.present("network", "name", name);
    graph = new Graph(name, inputs, nodes, outputs);
    this.tasks = OutputTasks.of(name, graph, tasks);
    detection = null;
  }

  /** Creates a copy with other tasks; the layers' methods are not called again. */
  private Network(Network same, Map<String, Task> tasks, @Nullable DetectionTask detection) {
    name = same.name;
    graph = same.graph;
    this.tasks = OutputTasks.of(name, graph, tasks);
    this.detection = detection;
  }

  /** Creates a sequential network. Layers are named by type and number, such as {@code conv2d1}. */
  public static Network of(String name, Shape input, Layer... layers) {
    NetworkBuilder b = builder(name, input);
    for (Layer l : Require.present("network", "layers", layers)) {
      b.add(l);
    }
    return b.build();
  }

  /** Returns a builder for a network with the input {@link #INPUT}; more inputs may be added. */
  public static NetworkBuilder builder(String name, Shape input) {
    return builder(name).input(INPUT, input);
  }

  /** Returns a builder without inputs; add them with {@link NetworkBuilder#input}. */
  public static NetworkBuilder builder(String name) {
    return new NetworkBuilder(name);
  }

  /**
   * Returns all problems of these layers, each with the layer's name; empty if the layers are
   * valid. Layers that depend on an invalid layer are not checked.
   */
  public static List<String> check(Shape input, List<Node> nodes) {
    return Graph.check(input, nodes);
  }

  /** Returns the network's name in files and summaries. */
  public String name() {
    return name;
  }

  /** Returns the sample shape of the first input, {@code [C, H, W]} or {@code [F]}. */
  public Shape input() {
    return graph.input;
  }

  /** Returns the sample shape of each input by name, in order. */
  public Map<String, Shape> inputs() {
    return graph.inputs;
  }

  /** Returns the names of the layers whose results are the network's outputs, in order. */
  public List<String> outputs() {
    return graph.outputs;
  }

  /** Returns the task of each output by name, in order. */
  public Map<String, Task> tasks() {
    return tasks;
  }

  /** Returns the task of the first output. */
  public Task task() {
    return tasks.get(outputs().get(0));
  }

  /** Returns this network with another task for its first output. */
  public Network withTask(Task task) {
    return withTask(outputs().get(0), task);
  }

  /**
   * Returns this network with another task for one output.
   *
   * @throws InvalidArgumentException if the output does not exist
   * @throws ShapeException if the output's shape does not match the task
   */
  public Network withTask(String output, Task task) {
    return new Network(this, OutputTasks.with(this, output, task), detection);
  }

  /** Returns the task that decodes outputs to boxes; null if the network is not a detector. */
  public @Nullable DetectionTask detection() {
    return detection;
  }

  /**
   * Returns this network with a task that decodes outputs to bounding boxes; null removes the task.
   * The tasks of outputs, which determine training, are kept.
   *
   * @throws InvalidArgumentException if the decoder reads an output that does not exist
   * @throws ShapeException if the outputs' shapes or number of classes do not match the decoder
   */
  public Network withDetection(@Nullable DetectionTask task) {
    if (task != null) {
      OutputTasks.requireFit(graph, task);
    }
    return new Network(this, tasks, task);
  }

  /** Returns whether the network has exactly one input and one output. */
  public boolean isSingle() {
    return inputs().size() == 1 && outputs().size() == 1;
  }

  /** Returns whether the height or width of an input is dynamic. */
  public boolean isFree() {
    return graph.isFree();
  }

  /**
   * Checks that the height and width of all inputs are fixed.
   *
   * @param operation name of the operation that requires fixed sizes, for the message
   * @throws ShapeException if the height or width of an input is dynamic
   */
  public void requireSizes(String operation) {
    graph.requireSizes(name, operation);
  }

  /** Returns this network at a fixed input size; for several inputs, use {@link #at(Map)}. */
  public Network at(Shape size) {
    Require.present("network", "size", size);
    return at(Map.of(inputs().keySet().iterator().next(), size));
  }

  /**
   * Returns this network at fixed sizes of its inputs, with the same layers and weights.
   *
   * @param sizes the sample shape of each input, by name
   * @throws InvalidArgumentException if an input is missing or unknown
   * @throws ShapeException if a size does not match its input, or a layer does not support it
   */
  public Network at(Map<String, Shape> sizes) {
    return new Surgery(this).at(sizes);
  }

  /** Returns the part from the network's inputs to these layers' outputs: {@link #part}. */
  public Network upTo(String... outputs) {
    return part(List.of(), Arrays.asList(Require.present("network", "outputs", outputs)));
  }

  /** Returns the part from these layers' outputs to the network's outputs: {@link #part}. */
  public Network from(String... layers) {
    return part(Arrays.asList(Require.present("network", "layers", layers)), List.of());
  }

  /**
   * Returns the part of this network that computes some outputs from the outputs of some layers.
   * Layers and their weights keep their names; layers that no output depends on are omitted.
   *
   * @param from layers whose outputs become inputs, under the layers' names, and inputs to keep;
   *     empty for the network's inputs
   * @param outputs layers whose results become outputs; empty for the network's outputs
   * @throws InvalidArgumentException if a layer does not exist, if no output depends on one of
   *     {@code from}, or if an output depends on an input that is not in {@code from}
   */
  public Network part(List<String> from, List<String> outputs) {
    return new Surgery(this).part(from, outputs);
  }

  /**
   * Returns this network with one layer replaced. The new layer has the same name and inputs;
   * shapes of later layers are inferred again. Tasks and the detection task are kept if they match
   * the new shapes; class names are dropped if their number does not match.
   *
   * @throws InvalidArgumentException if the layer does not exist
   * @throws ShapeException if the new or a later layer is invalid; the message lists all problems
   */
  public Network replace(String node, Layer layer) {
    return new Surgery(this).replace(node, layer);
  }

  /**
   * Returns this network up to a layer, followed by a new head. New layers are named by type and
   * number; to choose names, use {@link #toBuilder}. The task of a single output is kept as in
   * {@link #replace}.
   *
   * @param after the last layer to keep; layers on which this layer does not depend are removed
   * @param head the new layers, in order
   * @throws InvalidArgumentException if the layer does not exist
   * @throws ShapeException if the new head is not valid; the message lists all problems
   */
  public Network withHead(String after, Layer... head) {
    return new Surgery(this).withHead(after, head);
  }

  /**
   * Returns a builder with this network's inputs and layers, to which layers can be added. Outputs
   * are not copied: unless set in the builder, the output is the last layer's result.
   */
  public NetworkBuilder toBuilder() {
    return new NetworkBuilder(this);
  }

  /** Returns the layers, each after its inputs. */
  public List<Node> nodes() {
    return graph.nodes;
  }

  /**
   * Returns the properties of a node, as computed when the network was created.
   *
   * @throws InvalidArgumentException if the node does not exist
   */
  public Facts facts(String node) {
    return graph.facts(name, node);
  }

  /** Returns the sample shapes of all inputs and layer outputs, by name. */
  public Map<String, Shape> shapes() {
    return graph.shapes;
  }

  /** Returns the sample shape of the first output. */
  public Shape output() {
    return shapes().get(outputs().get(0));
  }

  /** Returns all trainable tensors by dotted name, for example {@code conv1.weight}, in order. */
  public Map<String, Parameter> parameters() {
    return graph.parameters;
  }

  /** Returns all buffers, which are not trained, by name, such as {@code bn1.running_mean}. */
  public Map<String, Buffer> buffers() {
    return graph.buffers;
  }

  /** Returns the shapes of a saved model's tensors by dotted name: all parameters and buffers. */
  public Map<String, Shape> state() {
    return graph.state;
  }

  /** Returns likely mistakes, one sentence each, such as a layer whose result is not used. */
  public List<String> warnings() {
    return Warnings.of(this);
  }

  /** Returns the number of trainable values. */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /**
   * Returns the number of multiply-adds of one sample's forward pass.
   *
   * @throws ShapeException if the height or width of an input is dynamic
   */
  public long multiplyAdds() {
    requireSizes("multiply-adds");
    return graph.multiplyAdds;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || other instanceof Network n
            && name.equals(n.name)
            && graph.equals(n.graph)
            && tasks.equals(n.tasks)
            && Objects.equals(detection, n.detection);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, graph);
  }

  /** Returns one line with name, input, number of layers and parameters, and output. */
  @Override
  public String toString() {
    return "Network " + Names.inLine(name) + ": " + graph;
  }
}
