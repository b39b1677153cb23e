package dev.quern.onnx.lower;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.onnx.fold.Work;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.NodeOrder;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.graph.QOperators;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.ScanNodes;
import dev.quern.onnx.graph.Value;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of an ONNX graph to a model. It determines sizes, converts nodes to layers, and
 * replaces decomposed functions by single layers.
 */
public final class Importer {
  private final Graph graph;
  private final String source;
  private final List<Node> needed;
  private final Work work = new Work();
  private final boolean inside;

  /** A finished conversion, with the name of the layer that computes each output. */
  record Walk(Lowering lowering, List<String> outputs) {}

  /**
   * A part of a graph as a network.
   *
   * @param model the network; null if all outputs are constants
   * @param inputs the network's input for each input of the part
   * @param layers for each output that the network computes, the layer that computes it
   * @param outputs all outputs: constants, or values with their ONNX dimensions
   */
  public record Part(
      @Nullable ModelData model,
      Map<String, String> inputs,
      Map<String, String> layers,
      Map<String, Operand> outputs) {}

  /**
   * Creates an importer.
   *
   * @param source the file or other source of the graph, for messages
   */
  public Importer(Graph graph, String source) {
    this(graph, source, false);
  }

  /**
   * Creates an importer.
   *
   * @param inside whether the graph is a part of a larger one, so that its outputs may be constants
   */
  public Importer(Graph graph, String source, boolean inside) {
    this.graph = graph;
    this.source = source;
    this.inside = inside;
    this.needed = ScanNodes.rewritten(QOperators.rewritten(NodeOrder.of(graph)));
  }

  /**
   * Converts the graph to a model.
   *
   * @param sizes by input name, the dimensions that replace the input's dimensions in the graph
   * @throws RefusedNodes if the graph has nodes that are not supported
   */
  public ModelData read(Map<String, long[]> sizes) {
    Sizes known = new Sizes(source, graph, sizes);
    if (!known.hasFreeBatch() && !known.hasFreeSides()) {
      Walk walk = walk(graph, known.at(1, 1, 1), -1, null);
      return model(walk, shapes(walk));
    }
    Walk walk = new Proof(graph, known, this::walk).walk();
    Map<String, Shape> inputs = shapes(walk);
    walk.lowering()
        .inputNames()
        .forEach((port, name) -> inputs.computeIfPresent(name, (k, s) -> known.freed(port, s)));
    try {
      return model(walk, inputs);
    } catch (FormatException e) {
      throw known.needed(String.valueOf(e.getMessage()));
    }
  }

  /** Returns whether some nodes of this operator can become layers. */
  public static boolean isLayer(String op) {
    return Rules.knows(op);
  }

  /**
   * Converts a part of a larger graph, whose outputs may be constants.
   *
   * @param sizes by input name, the dimensions of the part's inputs; the first may be -1
   * @throws RefusedNodes if the part has nodes that are not supported
   * @throws InvalidArgumentException if the first axis is dynamic but not a batch
   */
  public Part part(Map<String, long[]> sizes) {
    Sizes known = new Sizes(source, graph, sizes);
    boolean free = known.hasFreeBatch();
    Walk walk =
        free ? new Proof(graph, known, this::walk).walk() : walk(graph, known.at(1, 1, 1), 0, null);
    Map<String, Operand> outputs = new LinkedHashMap<>();
    Map<String, String> layers = new LinkedHashMap<>();
    for (Port port : graph.outputs()) {
      Operand o = Objects.requireNonNull(walk.lowering().output(port.name()));
      outputs.put(port.name(), o);
      if (o instanceof Value) {
        layers.put(port.name(), walk.outputs().get(layers.size()));
      }
    }
    if (free && layers.size() < outputs.size()) {
      throw known.needed("an output is computed from the number of samples");
    }
    ModelData model = layers.isEmpty() ? null : model(walk, shapes(walk));
    return new Part(model, walk.lowering().inputNames(), layers, outputs);
  }

  /**
   * Returns the nodes that cannot process the first axis of the inputs as a batch, and the outputs
   * that depend on sizes alone; possibly none. Nodes that depend on them are not listed.
   */
  public RefusedNodes mixing(Map<String, long[]> dims) {
    Lowering lowering = new Lowering(graph, dims, 1, null, work);
    lowering.run(needed);
    List<RefusedNodes.Refused> all = new ArrayList<>(RefusedNodes.of(lowering).all());
    for (Port port : graph.outputs()) {
      boolean sized = lowering.output(port.name()) instanceof Const;
      if (sized || lowering.isMoved(port.name())) {
        String why = sized ? "it is computed from sizes" : "its batch is not the first axis";
        all.add(new RefusedNodes.Refused(port.name(), "output", why));
      }
    }
    return new RefusedNodes(all);
  }

  private static Map<String, Shape> shapes(Walk walk) {
    Map<String, Shape> all = new LinkedHashMap<>();
    walk.lowering()
        .inputNames()
        .forEach((port, name) -> all.put(name, walk.lowering().parts().shapes.get(name)));
    return all;
  }

  /**
   * Converts the graph to layers. The first axis is tried as a batch and as part of the sample; the
   * first attempt that succeeds is used.
   */
  private Walk walk(
      Graph of, Map<String, long[]> dims, int lead, @Nullable Map<String, long[]> elsewhere) {
    boolean one = dims.values().stream().allMatch(d -> d.length < 2 || d[0] == 1);
    boolean alike =
        dims.values().stream().allMatch(d -> d.length > 0)
            && dims.values().stream().mapToLong(d -> d[0]).distinct().count() == 1;
    List<RefusedNodes> failed = new ArrayList<>();
    int[] ways = lead >= 0 ? new int[] {lead} : one || !alike ? new int[] {0} : new int[] {1, 0};
    for (int way : ways) {
      try {
        return lowered(of, dims, way, elsewhere);
      } catch (RefusedNodes e) {
        failed.add(e);
      }
    }
    throw failed.stream().min(Comparator.comparingInt(e -> e.all().size())).orElseThrow();
  }

  private Walk lowered(
      Graph of, Map<String, long[]> dims, int lead, @Nullable Map<String, long[]> elsewhere) {
    try {
      return walk(new Lowering(of, dims, lead, elsewhere, work));
    } catch (Refusal e) {
      throw new FormatException("onnx: " + source + ": " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new FormatException("onnx: " + source + ": a size exceeds 2^63", e);
    }
  }

  private Walk walk(Lowering lowering) {
    lowering.run(needed);
    if (!lowering.refused.isEmpty()) {
      throw RefusedNodes.of(lowering);
    }
    return finished(lowering);
  }

  private Walk finished(Lowering lowering) {
    List<String> outputs = new ArrayList<>();
    for (Port port : graph.outputs()) {
      if (!inside || !(lowering.output(port.name()) instanceof Const)) {
        outputs.add(output(lowering, port, outputs));
      }
    }
    Parts parts = lowering.parts();
    parts.sweep(outputs);
    Joining.run(parts, outputs);
    parts.sweep(outputs);
    if (JoinedAttention.run(parts, outputs)) {
      Joining.run(parts, outputs);
    }
    return new Walk(lowering, outputs);
  }

  /** Returns the layer that computes an output, renamed to the output's name if possible. */
  private String output(Lowering lowering, Port port, List<String> before) {
    Operand o = lowering.output(port.name());
    Parts parts = lowering.parts();
    if (o == null) {
      throw RefusedNodes.output(port.name(), "no node computes it");
    }
    if (lowering.isMoved(port.name())) {
      throw RefusedNodes.output(port.name(), "its batch is not the first axis");
    }
    String node;
    try {
      node =
          o instanceof Value v
              ? parts.current(v.node())
              : new Site(lowering, constant(port)).value((Const) o).node();
    } catch (Refusal | QuernException e) {
      throw RefusedNodes.output(port.name(), String.valueOf(e.getMessage()));
    }
    if (!parts.nodes.containsKey(node) || before.contains(node)) {
      return parts.add(port.name(), new Affine(1, 0), List.of(node), Map.of());
    }
    String own = Parts.path(port.name());
    if (own.equals(node) || parts.isWeighted(node)) {
      return node;
    }
    boolean taken = parts.shapes.containsKey(own);
    if (taken && (!parts.nodes.containsKey(own) || before.contains(own) || parts.isWeighted(own))) {
      return node;
    }
    if (taken) {
      // a layer of the same operator, which already has the output's name
      parts.rename(own, parts.unique(own + "_part"));
    }
    return parts.rename(node, own);
  }

  private static Node constant(Port port) {
    return new Node(
        port.name(), "Constant", "", List.of(), List.of(port.name()), new Attributes(Map.of()));
  }

  private ModelData model(Walk walk, Map<String, Shape> inputs) {
    Parts parts = walk.lowering().parts();
    Network network = network(parts, inputs, walk.outputs());
    for (String output : walk.outputs()) {
      Task task = task(network, output);
      network = task == null ? network : network.withTask(output, task);
    }
    Map<String, float[]> weights = new LinkedHashMap<>();
    network.state().keySet().forEach(name -> weights.put(name, parts.weights.get(name)));
    Map<String, String> provenance = new TreeMap<>(graph.metadata());
    provenance.put("source", source);
    return new ModelData(network, weights, Map.of(), provenance);
  }

  private Network network(Parts parts, Map<String, Shape> inputs, List<String> outputs) {
    String name = Parts.path(graph.name().isEmpty() ? "network" : graph.name());
    try {
      return new Network(name, inputs, List.copyOf(parts.nodes.values()), outputs);
    } catch (InvalidArgumentException e) {
      throw new FormatException("onnx: " + source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns single-label classification as the task of an output that a softmax computes; otherwise
   * null.
   */
  private static @Nullable Task task(Network network, String output) {
    Shape shape = network.shapes().get(output);
    boolean classes =
        shape.rank() == 1
            && shape.dim(0) > 1
            && network.nodes().stream()
                .anyMatch(n -> n.name().equals(output) && n.layer() instanceof Softmax);
    return classes ? Task.singleLabel() : null;
  }
}
