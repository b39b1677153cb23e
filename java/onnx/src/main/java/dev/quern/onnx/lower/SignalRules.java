package dev.quern.onnx.lower;

import dev.quern.onnx.fold.Fourier;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for Fourier transforms, which become products with a constant matrix: DFT a MatMul, STFT a
 * convolution.
 */
final class SignalRules {
  /** Marks the names of values that a rule adds; no file has such names. */
  private static final char MARK = '\0';

  /** How much a kept number counts beside one that is only computed. */
  private static final long KEPT = 16;

  private final Site site;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Const> constants = new HashMap<>();

  private SignalRules(Site site) {
    this.site = site;
  }

  static void addTo(Map<String, Rule> rules) {
    rules.put("DFT", s -> new SignalRules(s).dft());
    rules.put("STFT", s -> new SignalRules(s).stft());
  }

  private static int length(@Nullable Const given, long otherwise) {
    double length = given == null ? otherwise : given.scalar();
    if (!(length >= 1 && length <= Fourier.MOST)) {
      throw new Refusal("a length of " + (long) length + " is outside [1, " + Fourier.MOST + "]");
    }
    return (int) length;
  }

  /** Counts a matrix, which is kept for as long as the network, as much work. */
  private void count(long elements) {
    site.lowering().work().add(KEPT * elements);
  }

  private void dft() {
    long[] dims = site.dims(0);
    int rank = dims.length;
    if (rank < 3) {
      throw new Refusal("its input of " + rank + " axes lacks a batch, a signal or its numbers");
    }
    Const given = site.optional(2, "the axis");
    long wanted = site.opset < 20 ? site.attributes().number("axis", 1) : -2;
    int axis = Dims.axis(given == null ? wanted : (long) given.scalar(), rank);
    if (axis == rank - 1) {
      throw new Refusal("its axis " + axis + " is that of real and imaginary parts");
    }
    boolean inverse = site.attributes().number("inverse", 0) != 0;
    boolean half = site.attributes().number("onesided", 0) != 0;
    if (half && (inverse || dims[rank - 1] != 1)) {
      throw new Refusal("attribute onesided needs real input, and inverse 0");
    }
    if (site.isFree(0, axis)) {
      throw new Refusal("its axis " + axis + " is of any length");
    }
    int length = length(site.optional(1, "the length"), dims[axis]);
    Fourier matrix = new Fourier(length, half, inverse);
    count(2 * dims[axis] * dims[rank - 1] * matrix.bins());
    Const factor = matrix.of((int) dims[axis], (int) dims[rank - 1]);
    // the axis and the parts go last, and back
    long[] last = new long[rank];
    long[] back = new long[rank];
    int next = 0;
    for (int i = 0; i < rank; i++) {
      int from = i == rank - 2 ? axis : i == rank - 1 ? rank - 1 : next == axis ? ++next : next;
      next += i < rank - 2 ? 1 : 0;
      last[i] = from;
      back[from] = i;
    }
    long[] flat = new long[rank - 1];
    long[] apart = new long[rank];
    flat[rank - 2] = dims[axis] * dims[rank - 1];
    apart[rank - 2] = matrix.bins();
    apart[rank - 1] = 2;
    String turned = add("Transpose", Map.of("perm", last), site.node.inputs().get(0));
    String rows = add("Reshape", Map.of(), turned, constant(Const.of(flat)));
    String product = add("MatMul", Map.of(), rows, constant(factor));
    String parts = add("Reshape", Map.of(), product, constant(Const.of(apart)));
    finish(add("Transpose", Map.of("perm", back), parts));
  }

  private void stft() {
    long[] dims = site.dims(0);
    if (dims.length < 2 || dims.length > 3 || dims.length == 3 && dims[2] != 1) {
      throw new Refusal("its input is not a real signal, [N, L] or [N, L, 1]");
    }
    double step = site.constant(1, "the step").scalar();
    if (!(step >= 1 && step <= Integer.MAX_VALUE)) {
      throw new Refusal("a step of " + (long) step + " is outside [1, 2^31 - 1]");
    }
    Const window = site.optional(2, "the window");
    int length =
        length(site.optional(3, "the length"), window == null ? dims[1] : window.elements());
    if (window != null && (window.rank() != 1 || window.elements() != length)) {
      throw new Refusal("its window " + window + " does not have " + length + " numbers");
    }
    boolean half = site.attributes().number("onesided", 1) != 0;
    Fourier matrix = new Fourier(length, half, false);
    count(2L * length * matrix.bins());
    String x = constant(Const.of(0, 1, -1));
    String signal = add("Reshape", Map.of(), site.node.inputs().get(0), x);
    String kernels = constant(matrix.kernels(window));
    Map<String, Object> strides = Map.of("strides", new long[] {(long) step});
    String frames = add("Conv", strides, signal, kernels);
    String turned = add("Transpose", Map.of("perm", new long[] {0, 2, 1}), frames);
    finish(add("Reshape", Map.of(), turned, constant(Const.of(0, 0, matrix.bins(), 2))));
  }

  private String constant(Const c) {
    String name = name();
    constants.put(name, c);
    return name;
  }

  private String add(String op, Map<String, Object> attributes, String... inputs) {
    String out = name();
    nodes.add(
        new Node(
            site.node.shown() + op,
            op,
            "",
            List.of(inputs),
            List.of(out),
            new Attributes(attributes)));
    return out;
  }

  private String name() {
    return site.node.outputs().get(0) + MARK + (nodes.size() + constants.size());
  }

  private void finish(String result) {
    site.lowering().inline(new Branch(nodes, constants, List.of(), List.of(result)));
    site.out(0, site.lowering().operand(result));
  }
}
