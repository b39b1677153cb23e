package dev.quern.onnx;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.lower.RefusedNodes;
import dev.quern.onnx.run.Stages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph for prediction whose sizes may depend on data, such as a detector with its
 * non-maximum suppression. {@link Onnx#load} cannot read such a graph as one network.
 *
 * <pre>{@code
 * try (OnnxSession detector = Onnx.session(Path.of("fasterrcnn.onnx"))) {
 *   Map<String, OnnxTensor> found =
 *       detector.run(Map.of("image", OnnxTensor.of(new long[] {3, 320, 320}, pixels)));
 *   float[] boxes = found.get("boxes").floats(); // [detections, 4]
 * }
 * }</pre>
 *
 * <p>The session divides the graph into networks and the nodes between them. Networks run as those
 * of a {@link dev.quern.predict.Model} do; they are built during the first run and kept for later
 * runs with the same sizes, up to 16 networks. The nodes between them, such as NonZero, TopK,
 * NonMaxSuppression and RoiAlign, are computed one by one in the JVM's heap.
 *
 * <p>Results are deterministic. Thread-safe; if calls run at the same time, one of them builds a
 * network while the others wait.
 */
public final class OnnxSession implements AutoCloseable {
  private final Map<String, Port> inputs = new LinkedHashMap<>();
  private final List<String> outputs;
  private final String source;
  private final Stages stages;
  private final Usage usage = new Usage("onnx session", this);

  OnnxSession(Graph graph, String source) {
    this.source = source;
    graph.inputs().forEach(p -> inputs.put(p.name(), p));
    outputs = graph.outputs().stream().map(Port::name).toList();
    try {
      stages = new Stages(graph, source);
    } catch (RefusedNodes e) {
      throw ImportException.of(source, e);
    }
  }

  /** Returns the names of the inputs, in the file's order. */
  public List<String> inputs() {
    return List.copyOf(inputs.keySet());
  }

  /**
   * Returns an input's dimensions in ONNX's order, -1 for a dynamic one.
   *
   * @throws NotFoundException if there is no such input
   * @throws InvalidArgumentException if the file does not declare the dimensions
   */
  public long[] shape(String input) {
    Port port = inputs.get(Require.present("onnx", "input", input));
    if (port == null) {
      throw new NotFoundException(
          "onnx: " + source + ": unknown input \"" + input + "\", found " + inputs());
    }
    List<Long> dims = port.dims();
    if (dims == null) {
      throw new InvalidArgumentException(
          "onnx: " + source + ": the shape of input \"" + input + "\" is not in the file");
    }
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  /** Returns the names of the outputs, in the file's order. */
  public List<String> outputs() {
    return outputs;
  }

  /**
   * Computes the outputs by name, in the file's order. Their shapes may differ from call to call.
   *
   * @param values a tensor for each input, by name
   * @throws InvalidArgumentException if an input is missing, unknown or of the wrong type, or if a
   *     node cannot be computed from these values; the message names the node
   * @throws ShapeException if an input does not have the dimensions that the file declares
   * @throws ImportException if the graph has nodes that are not supported for these sizes; the
   *     message lists all of them
   * @throws dev.quern.error.FormatException if an image is empty, such as one of height 0
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the session is closed
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> values) {
    Map<String, OnnxTensor> given = new LinkedHashMap<>(Require.present("onnx", "values", values));
    usage.enter();
    try {
      Map<String, Const> in = new LinkedHashMap<>();
      inputs.forEach((name, port) -> in.put(name, checked(port, given.get(name))));
      for (String name : given.keySet()) {
        if (!inputs.containsKey(name)) {
          throw new InvalidArgumentException(
              "onnx: " + source + ": unknown input \"" + name + "\", found " + inputs());
        }
      }
      Map<String, OnnxTensor> out = new LinkedHashMap<>();
      Heap.within("onnx: " + source, () -> stages.run(in))
          .forEach((name, c) -> out.put(name, new OnnxTensor(c)));
      return out;
    } catch (RefusedNodes e) {
      throw ImportException.of(source, e);
    } finally {
      usage.exit();
    }
  }

  private Const checked(Port port, @Nullable OnnxTensor given) {
    String input = "onnx: " + source + ": input \"" + port.name() + "\"";
    if (given == null) {
      throw new InvalidArgumentException(input + " is missing");
    }
    Const c = given.values();
    if (c.isFloat() != Types.isFloat(port.type())) {
      throw new InvalidArgumentException(
          input + " has type " + Types.name(port.type()) + ", found " + given.type());
    }
    List<Long> dims = port.dims();
    boolean fits = dims == null || dims.size() == c.rank();
    for (int i = 0; fits && dims != null && i < c.rank(); i++) {
      fits = dims.get(i) < 0 || Objects.equals(dims.get(i), c.dims()[i]);
    }
    if (!fits) {
      throw new ShapeException(input + " has dimensions " + dims + ", found " + given);
    }
    return c.isFloat() ? c : Const.of(port.type(), c.dims(), c.longs());
  }

  /**
   * Frees the memory. If the session is already closed, this does nothing.
   *
   * @throws dev.quern.error.ClosedException if another call is running; the session remains open
   */
  @Override
  public void close() {
    if (usage.close()) {
      stages.close();
    }
  }
}
