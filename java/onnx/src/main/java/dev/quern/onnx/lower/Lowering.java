package dev.quern.onnx.lower;

import dev.quern.error.QuernException;
import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.fold.MatrixFolds;
import dev.quern.onnx.fold.Work;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
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
 * The conversion of a graph's nodes to layers in one pass, with all sizes known. Constant subgraphs
 * are folded.
 *
 * <p>A layer's sample has no batch axis. If the first axis of a value has one element, the axis is
 * dropped, so layers see {@code [C, H, W]} for {@code [1, C, H, W]} and accept any number of
 * samples. If inputs have a longer first axis, the graph is converted twice: once with this axis as
 * a batch, whose samples no node may mix, and once with this axis as part of the sample.
 */
final class Lowering {
  /** A node that is not supported, and the reason. */
  record Refused(Node node, String why) {}

  /** The maximum length of a reason, in characters. */
  private static final int MOST_SAID = 300;

  /** The maximum number of nodes that the iterations of all loops have. */
  private static final long MOST_ITERATED = 10_000;

  /** The name that represents the input in a file without inputs. */
  static final String NO_INPUT = "";

  /**
   * The operators that may read dynamic sizes; the sizes determine only shapes, and the results are
   * compared between sizes.
   */
  private static final Set<String> SHAPED =
      Set.of("Resize", "Upsample", "Reshape", "Slice", "Expand", "Tile", "Pad", "Split");

  private final Graph graph;
  private final Work work;
  private final int lead;
  private final long batch;
  private final Parts parts = new Parts();
  private final MovedBatch moved = new MovedBatch(this);
  private final @Nullable Origins origins;
  private final Map<String, Operand> values = new HashMap<>();
  private long iterated;
  private final Set<String> lost = new HashSet<>();
  private final Set<String> read = new HashSet<>();
  private final Map<String, String> inputNames = new LinkedHashMap<>();
  final List<Refused> refused = new ArrayList<>();
  final Map<String, QuantizeRules.Quantized> quantized = new HashMap<>();
  final Map<QuantizeRules.Rounded, String> rounded = new HashMap<>();

  /**
   * Creates a conversion.
   *
   * @param inputs the dimensions of the graph's inputs, all known
   * @param lead 1 if the first axis is a batch whose samples no node mixes, else 0
   * @param elsewhere the dimensions of values at other dynamic sizes; null if no size is dynamic
   * @param work the counter of computed elements
   */
  Lowering(
      Graph graph,
      Map<String, long[]> inputs,
      int lead,
      @Nullable Map<String, long[]> elsewhere,
      Work work) {
    this.work = work;
    this.origins = elsewhere == null ? null : new Origins(elsewhere, parts.periods);
    this.graph = graph;
    this.lead = lead;
    this.batch = lead == 0 ? 1 : inputs.values().iterator().next()[0];
    values.putAll(graph.constants());
    graph
        .inputs()
        .forEach(
            port -> {
              long[] dims = inputs.get(port.name());
              if (dims != null) {
                if (Types.bits(port.type()) == 0) {
                  throw new Refusal(
                      "input \"" + port.name() + "\" has type " + Types.name(port.type()));
                }
                String name = parts.unique(port.name());
                parts.shapes.put(name, canonical(dims));
                inputNames.put(port.name(), name);
                values.put(port.name(), new Value(name, dims, port.type()));
              }
            });
  }

  long opset() {
    return graph.opset();
  }

  int lead() {
    return lead;
  }

  Parts parts() {
    return parts;
  }

  /** Returns the tracker of numbers that depend on dynamic sizes; null if no size is dynamic. */
  @Nullable Origins origins() {
    return origins;
  }

  /** Returns the batch size if the first axis is a batch; otherwise 1. */
  long batch() {
    return batch;
  }

  /** Returns the dimensions of all converted values by name, as in ONNX. */
  Map<String, long[]> dims() {
    Map<String, long[]> all = new HashMap<>();
    values.forEach((name, o) -> all.put(name, o.dims()));
    return all;
  }

  /** Returns the network's input names by the names in the file, in the file's order. */
  Map<String, String> inputNames() {
    return inputNames;
  }

  /**
   * Returns the input that constant layers read; if a graph has no inputs, adds an unused input of
   * one element.
   */
  String firstInput() {
    if (inputNames.isEmpty()) {
      String name = parts.unique("input");
      parts.shapes.put(name, Shape.of(1));
      inputNames.put(NO_INPUT, name);
    }
    return inputNames.values().iterator().next();
  }

  /** Returns how many leading axes a sample does not have: 0 or 1. */
  int dropped(long[] dims) {
    return lead > 0 || dims.length >= 2 && dims[0] == 1 ? 1 : 0;
  }

  /** Returns the shape in the network for a value of these ONNX dimensions. */
  Shape canonical(long[] dims) {
    long elements = 1;
    for (long d : dims) {
      if (d < 1) {
        throw new Refusal("a value of shape " + Arrays.toString(dims) + " is empty");
      }
      if (elements > Integer.MAX_VALUE / d) {
        throw new Refusal(
            "a value of shape " + Arrays.toString(dims) + " has more than 2^31 elements");
      }
      elements *= d;
    }
    if (lead > 0 && (dims.length == 0 || dims[0] != batch)) {
      throw new Refusal(
          "a value of shape " + Arrays.toString(dims) + " does not have one element per sample");
    }
    long[] sample = Arrays.copyOfRange(dims, dropped(dims), dims.length);
    return sample.length == 0 ? Shape.of(1) : Shape.of(sample);
  }

  /**
   * Returns the operand with this name.
   *
   * @throws Refusal if no earlier node computes it
   */
  Operand operand(String name) {
    Operand o = values.get(name);
    if (o == null) {
      throw new Refusal("it reads \"" + name + "\", which no earlier node computes");
    }
    return o;
  }

  /** Returns whether a value's batch is not its first axis. */
  boolean isMoved(String value) {
    return moved.isMoved(value);
  }

  @Nullable Operand output(String name) {
    return values.get(name);
  }

  void put(String name, Operand o) {
    values.put(name, o);
  }

  /** Converts all nodes; afterwards {@link #refused} lists the nodes that are not supported. */
  void run(List<Node> nodes) {
    for (Node node : nodes) {
      if (node.reads().stream().anyMatch(lost::contains)) {
        lost.addAll(node.outputs());
        continue;
      }
      String why = refusal(node);
      if (why != null) {
        refused.add(new Refused(node, why));
        lost.addAll(node.outputs());
      }
    }
  }

  private @Nullable String refusal(Node node) {
    try {
      for (String out : node.outputs()) {
        if (values.containsKey(out)) {
          return "it computes \"" + out + "\", which an earlier node computes already";
        }
      }
      lower(node);
      return null;
    } catch (Refusal | QuernException e) {
      return shortened(String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      return "a size exceeds 2^63";
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ClassCastException e) {
      // an attribute or input list is shorter, or of another kind, than the operator requires
      return "its inputs or attributes do not match the operator";
    }
  }

  /**
   * Counts the nodes of an iteration of a loop.
   *
   * @throws Refusal if all iterations of all loops have too many nodes
   */
  void countIterated(long nodes) {
    iterated += nodes;
    if (iterated > MOST_ITERATED) {
      throw new Refusal("the iterations of loops have more than " + MOST_ITERATED + " nodes");
    }
  }

  /** Converts the nodes of a subgraph as if they replaced the node that contains it. */
  void inline(Branch branch) {
    branch
        .constants()
        .forEach(
            (name, c) -> {
              if (values.putIfAbsent(name, c) != null) {
                throw new Refusal("its output \"" + name + "\" exists already");
              }
            });
    for (Node n : branch.nodes()) {
      String why = refusal(n);
      if (why != null) {
        throw new Refusal(n.qualified() + " " + n.shown() + ": " + why);
      }
    }
  }

  /** Returns a reason, truncated if it is long, since a file's strings may have any length. */
  private static String shortened(String why) {
    return why.length() <= MOST_SAID ? why : why.substring(0, MOST_SAID) + "...";
  }

  private void lower(Node node) {
    String op = node.qualified();
    if (!Fold.knows(op) && !Rules.knows(op)) {
      throw new Refusal("the operator is not supported");
    }
    List<@Nullable Operand> in = new ArrayList<>();
    for (String name : node.inputs()) {
      in.add(name.isEmpty() ? null : operand(name));
    }
    Site site = new Site(this, node);
    List<@Nullable Operand> read = new ArrayList<>(in);
    if (node.op().equals("Shape") || node.op().equals("Size")) {
      // known without the values
      in.replaceAll(o -> o instanceof Value v ? Const.of(v.dims(), new float[0]) : o);
    }
    boolean known = in.stream().allMatch(o -> o == null || o instanceof Const);
    if (known && Fold.knows(op)) {
      List<@Nullable Const> constants = new ArrayList<>();
      in.forEach(o -> constants.add((Const) o));
      count(node, constants);
      if (op.equals("MatMul")) {
        work.add(MatrixFolds.multiplications(constants));
      }
      List<Const> out = Fold.compute(node, opset(), constants);
      count(node, out);
      if (origins != null) {
        origins.folded(node, opset(), read, out);
      }
      for (int i = 0; i < out.size(); i++) {
        site.out(i, out.get(i));
      }
      return;
    }
    if (!Rules.knows(op)) {
      throw new Refusal(
          "its inputs are computed by the network, not known at import; OnnxSession computes it");
    }
    requireNoSizes(node);
    if (lead == 0 || !moved.lower(site)) {
      Rules.of(op).lower(site);
    }
    for (String out : node.outputs()) {
      if (!out.isEmpty() && !values.containsKey(out) && isRead(out)) {
        throw new Refusal("its output \"" + out + "\" is not computed");
      }
    }
  }

  /**
   * Checks that dynamic sizes determine only the shapes of values, not the parameters of a layer.
   */
  private void requireNoSizes(Node node) {
    if (origins == null) {
      return;
    }
    for (String name : node.inputs()) {
      boolean shapes = SHAPED.contains(node.op());
      if (origins.isSized(name) && !shapes) {
        throw new Refusal("it computes with the size of an image, which is dynamic");
      }
      if (origins.isUneven(name) && !node.op().equals("Reshape")) {
        throw new Refusal("its sizes are not linear in the size of an image, which is dynamic");
      }
    }
  }

  /** Limits the total size of all computed constants, in addition to that of each constant. */
  private void count(Node node, List<? extends @Nullable Const> constants) {
    if (node.op().equals("Shape") || node.op().equals("Size")) {
      return;
    }
    for (Const c : constants) {
      work.add(c == null || c.isHollow() ? 0 : c.elements());
    }
  }

  /** Returns the counter of the elements that rules compute. */
  Work work() {
    return work;
  }

  /** Returns whether a node or the graph's caller reads a value. */
  boolean isRead(String value) {
    if (read.isEmpty()) {
      graph.outputs().forEach(p -> read.add(p.name()));
      graph.nodes().forEach(n -> read.addAll(n.reads()));
    }
    return read.contains(value);
  }

  /**
   * Returns a computed value with the integer type of its source; unchanged if the source is
   * floating-point.
   */
  static Value typed(Value made, Value from) {
    return Types.isFloat(from.type()) ? made : made.as(from.type());
  }
}
