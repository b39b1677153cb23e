package dev.quern.network;

import dev.quern.detect.DetectionTask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.Require;
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
 * An immutable description of a network: inputs with their shapes, layers in order, each with a
 * name and the names of what feeds it, and the layers whose outputs are the network's. Most have
 * one input, called {@link #INPUT}, and one output, the last layer's. Shapes follow from the
 * inputs; constructing a network checks them all. Every layer is asked for its shapes then, once:
 * what a layer of the user's own answers later changes nothing. Networks of equal names, inputs,
 * nodes and outputs are equal.
 *
 * <p>Height and width of an image that comes in may be {@link Shape#FREE}, where no weight depends
 * on them: {@code Shape.of(3, Shape.FREE, Shape.FREE)}. A model then predicts images of any size,
 * and {@link #at(Shape)} is the network at one size, to be trained.
 */
public final class Network {
  /** The name by which a node names the network's only input, unless that has a name of its own. */
  public static final String INPUT = "input";

  private final String name;
  private final Graph graph;
  private final Map<String, Task> tasks;
  private final @Nullable DetectionTask detection;

  /**
   * A layer in its place.
   *
   * @param name unique in the network; dots make paths, as in {@code block1.conv1}
   * @param inputs the nodes and the network's inputs that feed it
   */
  public record Node(String name, Layer layer, List<String> inputs) {
    public Node {
      Require.present("network", "layer name", name);
      LayerTypes.require(name, Require.present("network: layer " + name, "description", layer));
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
   * @param multiplyAdds of one sample's forward pass; 0 where the input's height or width is free
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
   * A network of these layers with one input and one output.
   *
   * @param name what the network is called in files and summaries
   * @param input one sample's shape, {@code [C, H, W]} or {@code [F]}
   * @param nodes the layers, each after those that feed it; the last one's output is the network's
   * @throws ShapeException with every problem at once
   */
  public Network(String name, Shape input, List<Node> nodes) {
    this(name, Map.of(INPUT, Require.present("network", "input", input)), nodes, Graph.last(nodes));
  }

  /**
   * A network with any number of inputs and outputs.
   *
   * @param inputs by name, at least one: a sample's shape, {@code [C, H, W]} or {@code [F]}
   * @param nodes the layers, each after those that feed it
   * @param outputs the names of the layers whose outputs are the network's; at least one
   * @throws ShapeException with every problem at once
   */
  public Network(String name, Map<String, Shape> inputs, List<Node> nodes, List<String> outputs) {
    this(name, inputs, nodes, outputs, Map.of());
  }

  /**
   * {@link #Network(String, Map, List, List)} that knows what it is for.
   *
   * @param tasks of outputs by name; the others are {@link Task#plain}
   * @throws InvalidArgumentException if there is no such output
   * @throws ShapeException with every problem at once, or if an output cannot have its task
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

  /** The same layers, which are not asked again, with other tasks. */
  private Network(Network same, Map<String, Task> tasks, @Nullable DetectionTask detection) {
    name = same.name;
    graph = same.graph;
    this.tasks = OutputTasks.of(name, graph, tasks);
    this.detection = detection;
  }

  /** A sequential network; layers are named by type and count, such as {@code conv2d1}. */
  public static Network of(String name, Shape input, Layer... layers) {
    NetworkBuilder b = builder(name, input);
    for (Layer l : Require.present("network", "layers", layers)) {
      b.add(l);
    }
    return b.build();
  }

  /** A network with one input, {@link #INPUT}; more may follow. */
  public static NetworkBuilder builder(String name, Shape input) {
    return builder(name).input(INPUT, input);
  }

  /** A network whose inputs are still to be named. */
  public static NetworkBuilder builder(String name) {
    return new NetworkBuilder(name);
  }

  /**
   * Every problem of these nodes at once, each with its layer's name; empty when the network is
   * sound. A layer behind a broken one is not judged.
   */
  public static List<String> check(Shape input, List<Node> nodes) {
    return Graph.check(input, nodes);
  }

  /** What the network is called in files and summaries. */
  public String name() {
    return name;
  }

  /** One sample's shape, {@code [C, H, W]} or {@code [F]}, of the only input, or of the first. */
  public Shape input() {
    return graph.input;
  }

  /** One sample's shape of each input by its name, in order. */
  public Map<String, Shape> inputs() {
    return graph.inputs;
  }

  /** The names of the layers whose outputs are the network's, in order. */
  public List<String> outputs() {
    return graph.outputs;
  }

  /** What each output is for, by its name, in order. */
  public Map<String, Task> tasks() {
    return tasks;
  }

  /** What the only output is for, or the first. */
  public Task task() {
    return tasks.get(outputs().get(0));
  }

  /** This network with a task for its only output, or its first. */
  public Network withTask(Task task) {
    return withTask(outputs().get(0), task);
  }

  /**
   * This network with a task for an output.
   *
   * @throws InvalidArgumentException if there is no such output
   * @throws ShapeException if its shape cannot have this task
   */
  public Network withTask(String output, Task task) {
    return new Network(this, OutputTasks.with(this, output, task), detection);
  }

  /** How outputs together say where things are in a picture; null where they do not. */
  public @Nullable DetectionTask detection() {
    return detection;
  }

  /**
   * This network, which finds things in pictures so; null for one that does not. Outputs keep their
   * tasks, by which they are trained.
   *
   * @throws InvalidArgumentException if it reads what is no output
   * @throws ShapeException if outputs have other shapes or classes than it reads
   */
  public Network withDetection(@Nullable DetectionTask task) {
    if (task != null) {
      OutputTasks.requireFit(graph, task);
    }
    return new Network(this, tasks, task);
  }

  /** Whether there is one input and one output, as most of the API wants it. */
  public boolean isSingle() {
    return inputs().size() == 1 && outputs().size() == 1;
  }

  /** Whether the height or width of an input is still free. */
  public boolean isFree() {
    return graph.isFree();
  }

  /**
   * Refuses a network that something cannot be done with before its sizes are known.
   *
   * @param operation named in the message
   * @throws ShapeException if the height or width of an input is free
   */
  public void requireSizes(String operation) {
    graph.requireSizes(name, operation);
  }

  /** {@link #at(Map)} of the only input. */
  public Network at(Shape size) {
    Require.present("network", "size", size);
    return at(Map.of(inputs().keySet().iterator().next(), size));
  }

  /**
   * This network for inputs of these sizes: the same layers and weights. Layers are asked for their
   * shapes again.
   *
   * @param sizes one sample's shape of each input, by name
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if a size is not what its input leaves free, or a layer cannot take it
   */
  public Network at(Map<String, Shape> sizes) {
    return new Surgery(this).at(sizes);
  }

  /** {@link #part} that begins at the inputs: what makes the outputs of these layers. */
  public Network upTo(String... outputs) {
    return part(List.of(), Arrays.asList(Require.present("network", "outputs", outputs)));
  }

  /** {@link #part} that ends at the outputs: what makes them of what these layers give. */
  public Network from(String... layers) {
    return part(Arrays.asList(Require.present("network", "layers", layers)), List.of());
  }

  /**
   * The part of this network that makes some outputs of some layers' outputs. Layers keep their
   * names, and so their weights keep theirs; those that no output hangs on are left out.
   *
   * @param from layers that become inputs, of their names and of the shapes that they give, and
   *     inputs that stay; empty for the network's own
   * @param outputs the layers whose outputs are the part's; empty for the network's own
   * @throws InvalidArgumentException if there is no such layer, no output hangs on one of {@code
   *     from}, or one hangs on an input that is not among them
   */
  public Network part(List<String> from, List<String> outputs) {
    return new Surgery(this).part(from, outputs);
  }

  /**
   * This network with another layer in the place of one, of the same name and fed by the same.
   * Shapes behind it are inferred anew. Outputs keep their tasks where these fit, and class names
   * where the number of classes stays; so does detection.
   *
   * @throws InvalidArgumentException if there is no such layer
   * @throws ShapeException with every problem at once, if the layer or one behind it does not fit
   */
  public Network replace(String node, Layer layer) {
    return new Surgery(this).replace(node, layer);
  }

  /**
   * This network up to a layer, and a new head behind it. New layers are named by type and count;
   * {@link #toBuilder} lets you name them. The task of an only output stays as in {@link #replace}.
   *
   * @param after the last layer that stays; what it does not hang on goes
   * @throws InvalidArgumentException if there is no such layer
   * @throws ShapeException with every problem at once, if the head does not fit
   */
  public Network withHead(String after, Layer... head) {
    return new Surgery(this).withHead(after, head);
  }

  /**
   * A builder that has these inputs and layers already, to add more: behind the last layer, or
   * behind any by its name. The outputs are those that the builder is told, or else its last
   * layer's.
   */
  public NetworkBuilder toBuilder() {
    return new NetworkBuilder(this);
  }

  /** The layers, each after those that feed it. */
  public List<Node> nodes() {
    return graph.nodes;
  }

  /**
   * The facts of a node, as its layer gave them when the network was made.
   *
   * @throws InvalidArgumentException if the network has no such node
   */
  public Facts facts(String node) {
    return graph.facts(name, node);
  }

  /** The shape of every input, and of what every layer makes, for one sample. */
  public Map<String, Shape> shapes() {
    return graph.shapes;
  }

  /** One sample's shape of the network's only output, or of the first. */
  public Shape output() {
    return shapes().get(outputs().get(0));
  }

  /** Every trainable tensor under its dotted name, for example {@code conv1.weight}, in order. */
  public Map<String, Parameter> parameters() {
    return graph.parameters;
  }

  /** What layers remember besides parameters, under dotted names: {@code bn1.running_mean}. */
  public Map<String, Buffer> buffers() {
    return graph.buffers;
  }

  /** The shapes of all parameters and buffers, under dotted names: what a saved model holds. */
  public Map<String, Shape> state() {
    return graph.state;
  }

  /** The number of trainable values. */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /**
   * Multiply-adds of one sample's forward pass.
   *
   * @throws ShapeException if a height or width is free
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

  /**
   * One line: name, input, number of layers and parameters, output. {@link dev.quern.train.Summary}
   * has the layers.
   */
  @Override
  public String toString() {
    return "Network " + Names.inLine(name) + ": " + graph;
  }
}
