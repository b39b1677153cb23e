package dev.quern.onnx;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.lower.Importer;
import dev.quern.onnx.lower.RefusedNodes;
import dev.quern.onnx.read.GraphFile;
import dev.quern.onnx.write.Metadata;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of networks from ONNX files. Immutable; each method returns a new reader.
 *
 * <p>A sample of the network has no batch axis, which is the first axis in ONNX: an input {@code
 * [N, 3, 224, 224]} or {@code [1, 3, 224, 224]} becomes {@code [3, 224, 224]}. If a graph computes
 * across a fixed first axis, this axis is not a batch but a part of the sample.
 *
 * <p>Axes that are dynamic in the file remain dynamic in the network only if the network's layers
 * are proved correct for all sizes: no operator mixes the samples of a dynamic batch, and each
 * layer either is identical for all heights and widths, or reads the size of another value at run
 * time. Otherwise, {@link #size} must be called.
 *
 * <p>If no |weight - zero point| exceeds 254 and each output channel has one scale, 8-bit weights
 * before a DequantizeLinear remain integers, and the layers with these weights become {@link
 * dev.quern.layer.Quantized}. Otherwise, these layers become float layers that compute the same
 * function.
 *
 * <p>Constant subgraphs are folded at import. The network computes in float32; integer and boolean
 * outputs become floats of equal value.
 */
public final class OnnxReader {
  private final Map<String, long[]> sizes;
  private final Map<String, double[]> numbers;
  private final Map<String, Shape> shapes;
  private final List<String> outputs;

  /** Creates a reader with default options. */
  public OnnxReader() {
    this(Map.of(), Map.of(), Map.of(), List.of());
  }

  private OnnxReader(
      Map<String, long[]> sizes,
      Map<String, double[]> numbers,
      Map<String, Shape> shapes,
      List<String> outputs) {
    this.sizes = sizes;
    this.numbers = numbers;
    this.shapes = shapes;
    this.outputs = outputs;
  }

  /**
   * Sets the dimensions of an input that has dynamic dimensions.
   *
   * @param dims the dimensions in ONNX's order, including the batch; -1 for a dimension that
   *     remains dynamic
   */
  public OnnxReader size(String input, long... dims) {
    Require.present("onnx", "input", input);
    long[] own = Require.present("onnx", "dims", dims).clone();
    for (long d : own) {
      if (d == 0 || d < -1 || d > Integer.MAX_VALUE) {
        throw new InvalidArgumentException(
            "onnx: dims "
                + Arrays.toString(own)
                + " of "
                + input
                + " must be from 1 to 2^31 - 1, or -1 for a dynamic dimension");
      }
    }
    Map<String, long[]> all = new LinkedHashMap<>(sizes);
    all.put(input, own);
    return new OnnxReader(all, numbers, shapes, outputs);
  }

  /**
   * Replaces an input by a constant, for example an input that is a shape, axes or sizes.
   *
   * @param shape the constant's shape; a shape without dimensions for a scalar
   */
  public OnnxReader bind(String input, Shape shape, double... values) {
    Require.present("onnx", "input", input);
    Require.present("onnx", "shape", shape);
    Require.present("onnx", "values", values);
    if (shape.isFree() || shape.elements() != values.length) {
      throw new InvalidArgumentException(
          "onnx: " + values.length + " values do not fill " + shape + " of " + input);
    }
    Map<String, double[]> all = new LinkedHashMap<>(numbers);
    Map<String, Shape> of = new LinkedHashMap<>(shapes);
    all.put(input, values.clone());
    of.put(input, shape);
    return new OnnxReader(sizes, all, of, outputs);
  }

  /**
   * Selects values of the graph that become the network's outputs instead of the file's outputs.
   */
  public OnnxReader outputs(String... values) {
    List<String> names = Arrays.asList(Require.present("onnx", "outputs", values).clone());
    if (names.isEmpty() || names.contains(null)) {
      throw new InvalidArgumentException(
          "onnx: outputs " + names + " must be a list of nonempty names");
    }
    return new OnnxReader(sizes, numbers, shapes, List.copyOf(names));
  }

  /**
   * Reads a file. The network is named after the file or, if Quern wrote the file, has its original
   * name.
   *
   * @throws NotFoundException if the file or a requested value does not exist
   * @throws dev.quern.error.FormatException if the file is corrupt or not an ONNX model
   * @throws ImportException if the graph has nodes that are not supported; the message lists all of
   *     them
   * @throws InvalidArgumentException if an input's size must be set but is not; the message names
   *     the node that mixes samples of a dynamic batch, or that does not support dynamic sizes
   * @throws dev.quern.error.MemoryLimitException if the model does not fit into the JVM's heap
   */
  public ModelData read(Path file) {
    Require.present("onnx", "file", file);
    return Heap.within(
        "onnx: " + file,
        () -> Metadata.restored(imported(asked(GraphFile.read(file), file), file.toString())));
  }

  /**
   * Opens a file whose sizes depend on data. Dimensions set by {@link #size} replace those that the
   * file declares; other dynamic dimensions may differ from call to call.
   *
   * @throws NotFoundException if the file or a requested value does not exist
   * @throws dev.quern.error.FormatException if the file is corrupt or not an ONNX model
   * @throws ImportException if the graph has operators that are not supported; the message lists
   *     all of them
   */
  public OnnxSession session(Path file) {
    Require.present("onnx", "file", file);
    return Heap.within(
        "onnx: " + file,
        () -> new OnnxSession(sized(asked(GraphFile.read(file), file), file), file.toString()));
  }

  private Graph sized(Graph graph, Path file) {
    List<Port> inputs = new ArrayList<>(graph.inputs());
    sizes.forEach(
        (name, dims) -> {
          if (inputs.stream().noneMatch(p -> p.name().equals(name))) {
            throw new NotFoundException("onnx: " + file + " has no input " + name);
          }
          List<Long> own = Arrays.stream(dims).boxed().toList();
          inputs.replaceAll(p -> p.name().equals(name) ? new Port(name, p.type(), own) : p);
        });
    return new Graph(
        graph.name(),
        graph.opset(),
        graph.nodes(),
        graph.constants(),
        inputs,
        graph.outputs(),
        graph.metadata());
  }

  /**
   * Returns the names of a file's inputs, in the file's order, without those that {@link #bind}
   * replaces; for {@link #size}.
   *
   * @throws NotFoundException if the file does not exist
   * @throws dev.quern.error.FormatException if the file is corrupt or not an ONNX model
   * @throws dev.quern.error.MemoryLimitException if the model does not fit into the JVM's heap
   */
  public List<String> inputs(Path file) {
    Require.present("onnx", "file", file);
    return Heap.within(
        "onnx: " + file,
        () -> asked(GraphFile.read(file), file).inputs().stream().map(Port::name).toList());
  }

  private ModelData imported(Graph graph, String source) {
    try {
      return new Importer(graph, source).read(sizes);
    } catch (RefusedNodes e) {
      throw ImportException.of(source, e);
    }
  }

  private Graph asked(Graph graph, Path file) {
    Map<String, Const> constants = new LinkedHashMap<>(graph.constants());
    List<Port> inputs = new ArrayList<>(graph.inputs());
    numbers.forEach(
        (name, values) -> {
          Port port =
              inputs.stream()
                  .filter(p -> p.name().equals(name))
                  .findFirst()
                  .orElseThrow(
                      () -> new NotFoundException("onnx: " + file + " has no input " + name));
          inputs.remove(port);
          constants.put(name, constant(port.type(), shapes.get(name).toArray(), values));
        });
    List<Port> ends = outputs.isEmpty() ? graph.outputs() : new ArrayList<>();
    for (String name : outputs) {
      if (graph.nodes().stream().noneMatch(n -> n.outputs().contains(name))) {
        throw new NotFoundException("onnx: " + file + " has no value " + name);
      }
      ends.add(new Port(name, Types.FLOAT, null));
    }
    // exporters give all graphs one name, such as main_graph
    String name = Metadata.isOwn(graph.metadata()) ? graph.name() : name(file);
    return new Graph(name, graph.opset(), graph.nodes(), constants, inputs, ends, graph.metadata());
  }

  /** Returns a file's name without its extension. */
  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("(?i)[.]onnx$", "");
  }

  private static Const constant(int type, long[] dims, double[] values) {
    if (Types.isFloat(type)) {
      float[] out = new float[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) values[i];
      }
      return Const.of(dims, out);
    }
    return Const.of(type, dims, Arrays.stream(values).mapToLong(v -> (long) v).toArray());
  }
}
