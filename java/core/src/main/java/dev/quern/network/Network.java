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
 * An immutable description of a network: inputs with their shapes, layers in order, each with its
 * name and the names of its inputs, and the layers whose results are the network's outputs. Most
 * networks have one input, called {@link #INPUT}, and one output, the result of the last layer. The
 * constructor infers and checks all shapes. It reads the shapes of each layer once; later results
 * of a custom layer have no effect. Networks with equal names, inputs, nodes and outputs are equal.
 *
 * <p>Height and width of an input image may be dynamic ({@link Shape#FREE}) if the shapes of the
 * weights do not depend on them: {@code Shape.of(3, Shape.FREE, Shape.FREE)}. A model then predicts
 * images of any size, and {@link #at(Shape)} returns the network at one size for training.
 */
public final class Network {
  /** The default name of a network's only input. */
  public static final String INPUT = "input";

  private final String name;
  private final Graph graph;
  private final Map<String, Task> tasks;
  private final @Nullable DetectionTask detection;

  /**
   * A layer with its name and its inputs.
   *
   * @param name unique in the network; dots make paths, as in {@code block1.conv1}
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
   * Properties of a layer, read when its network was created.
   *
   * @param type the operator's name
   * @param input the shape of its first input
   * @param output the shape of its output
   * @param parameters its trained parameters
   * @param buffers its state besides parameters, such as running statistics
   * @param multiplyAdds multiply-adds of one sample's forward pass; 0 if the input's height or
   *     width is dynamic
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
   * Creates a network of these layers with one input and one output.
   *
   * @param name name of the network in files and summaries
   * @param input shape of one sample, {@code [C, H, W]} or {@code [F]}
   * @param nodes the layers, each after its inputs; the result of the last one is the network's
   *     output
   * @throws ShapeException with every problem at once
   */
  public Network(String name, Shape input, List<Node> nodes) {
    this(name, Map.of(INPUT, Require.present("network", "input", input)), nodes, Graph.last(nodes));
  }

  /**
   * Creates a network with any number of inputs and outputs.
   *
   * @param inputs shape of one sample of each input by name, {@code [C, H, W]} or {@code [F]}; at
   *     least one
   * @param nodes the layers, each after its inputs
   * @param outputs the names of the layers that provide the network's outputs; at least one
   * @throws ShapeException with every problem at once
   */
  public Network(String name, Map<String, Shape> inputs, List<Node> nodes, List<String> outputs) {
    this(name, inputs, nodes, outputs, Map.of());
  }

  /**
   * Creates a network as {@link #Network(String, Map, List, List)} does, with tasks.
   *
   * @param tasks tasks by the output's name; {@link Task#plain} for all other outputs
   * @throws InvalidArgumentException if an output does not exist
   * @throws ShapeException with every problem at once, or if an output's shape does not fit its
   *     task
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

  /** Creates a network with the same layers, which are not read again, and other tasks. */
  private Network(Network same, Map<String, Task> tasks, @Nullable DetectionTask detection) {
    name = same.name;
    graph = same.graph;
    this.tasks = OutputTasks.of(name, graph, tasks);
    this.detection = detection;
  }

  /** Creates a sequential network. Layers are named by type and count, such as {@code conv2d1}. */
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
   * Returns every problem of these nodes at once, each with its layer's name; empty if the network
   * is valid. Layers after a faulty one are not checked.
   */
  public static List<String> check(Shape input, List<Node> nodes) {
    return Graph.check(input, nodes);
  }

  /** Returns the network's name in files and summaries. */
  public String name() {
    return name;
  }

  /** Returns the shape of one sample of the first or only input: {@code [C, H, W]}, {@code [F]}. */
  public Shape input() {
    return graph.input;
  }

  /** Returns the shape of one sample of each input by name, in order. */
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

  /** Returns the task of the first or only output. */
  public Task task() {
    return tasks.get(outputs().get(0));
  }

  /** Returns this network with a task for its first or only output. */
  public Network withTask(Task task) {
    return withTask(outputs().get(0), task);
  }

  /**
   * Returns this network with a task for an output.
   *
   * @throws InvalidArgumentException if the output does not exist
   * @throws ShapeException if the output's shape does not fit the task
   */
  public Network withTask(String output, Task task) {
    return new Network(this, OutputTasks.with(this, output, task), detection);
  }

  /** Returns how outputs are decoded to boxes; null if the network is not a detector. */
  public @Nullable DetectionTask detection() {
    return detection;
  }

  /**
   * Returns this network with a decoding of outputs to boxes; null removes it. Outputs keep their
   * tasks, which determine the training.
   *
   * @throws InvalidArgumentException if the decoder reads an output that does not exist
   * @throws ShapeException if outputs have other shapes or classes than the decoder needs
   */
  public Network withDetection(@Nullable DetectionTask task) {
    if (task != null) {
      OutputTasks.requireFit(graph, task);
    }
    return new Network(this, tasks, task);
  }

  /** Returns whether the network has one input and one output, as most of the API requires. */
  public boolean isSingle() {
    return inputs().size() == 1 && outputs().size() == 1;
  }

  /** Returns whether the height or width of an input is dynamic. */
  public boolean isFree() {
    return graph.isFree();
  }

  /**
   * Checks that all sizes are known.
   *
   * @param operation name of the operation that requires it, for the message
   * @throws ShapeException if the height or width of an input is dynamic
   */
  public void requireSizes(String operation) {
    graph.requireSizes(name, operation);
  }

  /** Returns this network for an input of this size; {@link #at(Map)} is for several inputs. */
  public Network at(Shape size) {
    Require.present("network", "size", size);
    return at(Map.of(inputs().keySet().iterator().next(), size));
  }

  /**
   * Returns this network for inputs of these sizes, with the same layers and weights. The layers'
   * shapes are computed again.
   *
   * @param sizes one sample's shape of each input, by name
   * @throws InvalidArgumentException if an input is missing or unknown
   * @throws ShapeException if a size does not match its input, or a layer does not support it
   */
  public Network at(Map<String, Shape> sizes) {
    return new Surgery(this).at(sizes);
  }

  /** Returns the {@link #part} from the network's inputs to these layers. */
  public Network upTo(String... outputs) {
    return part(List.of(), Arrays.asList(Require.present("network", "outputs", outputs)));
  }

  /** Returns the {@link #part} from the results of these layers to the network's outputs. */
  public Network from(String... layers) {
    return part(Arrays.asList(Require.present("network", "layers", layers)), List.of());
  }

  /**
   * Returns the part of this network from some layers to some outputs. Layers and their weights
   * keep their names; layers that no output depends on are omitted.
   *
   * @param from layers that become inputs, with their names and output shapes, and inputs to keep;
   *     empty for the network's own
   * @param outputs layers that become outputs; empty for the network's own
   * @throws InvalidArgumentException if a layer does not exist, no output depends on one of {@code
   *     from}, or an output depends on another input
   */
  public Network part(List<String> from, List<String> outputs) {
    return new Surgery(this).part(from, outputs);
  }

  /**
   * Returns this network with a layer replaced by another one with the same name and inputs. Shapes
   * of later layers are inferred again. Outputs keep their tasks if these fit, and class names if
   * the number of classes is the same; detection is kept if it fits.
   *
   * @throws InvalidArgumentException if the layer does not exist
   * @throws ShapeException with every problem at once, if the layer or a later one does not fit
   */
  public Network replace(String node, Layer layer) {
    return new Surgery(this).replace(node, layer);
  }

  /**
   * Returns this network up to a layer, followed by a new head. New layers are named by type and
   * count; {@link #toBuilder} lets you choose names. The task of a single output is kept as in
   * {@link #replace}.
   *
   * @param after the last layer to keep; layers that it does not depend on are removed
   * @throws InvalidArgumentException if the layer does not exist
   * @throws ShapeException with every problem at once, if the head does not fit
   */
  public Network withHead(String after, Layer... head) {
    return new Surgery(this).withHead(after, head);
  }

  /**
   * Returns a builder with the inputs and layers of this network, to which more layers can be
   * added. The outputs are those that are set in the builder; by default, the result of the last
   * layer.
   */
  public NetworkBuilder toBuilder() {
    return new NetworkBuilder(this);
  }

  /** Returns the layers, each after its inputs. */
  public List<Node> nodes() {
    return graph.nodes;
  }

  /**
   * Returns the properties of a node, which were read when the network was created.
   *
   * @throws InvalidArgumentException if the network has no such node
   */
  public Facts facts(String node) {
    return graph.facts(name, node);
  }

  /** Returns the shapes of all inputs and of the results of all layers by name, for one sample. */
  public Map<String, Shape> shapes() {
    return graph.shapes;
  }

  /** Returns the shape of the first or only output for one sample. */
  public Shape output() {
    return shapes().get(outputs().get(0));
  }

  /** Returns all trainable tensors by dotted name, for example {@code conv1.weight}, in order. */
  public Map<String, Parameter> parameters() {
    return graph.parameters;
  }

  /** Returns the layers' state besides parameters by dotted name, as {@code bn1.running_mean}. */
  public Map<String, Buffer> buffers() {
    return graph.buffers;
  }

  /** Returns the shapes of all parameters and buffers by dotted name: a saved model's tensors. */
  public Map<String, Shape> state() {
    return graph.state;
  }

  /** Returns likely mistakes, one sentence each, such as layers whose results are not used. */
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
