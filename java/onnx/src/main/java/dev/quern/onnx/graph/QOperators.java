package dev.quern.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Quantized operators, such as QLinearConv ("QOperator format"), rewritten as float operators
 * between DequantizeLinear and QuantizeLinear ("QDQ format"), which the rules convert.
 */
public final class QOperators {
  /** Marks the names of values that the rewriting adds; no file has such names. */
  private static final char MARK = '\0';

  private static final String CONTRIB = "com.microsoft.";

  /** Operators that compute the same on quantized numbers as on the numbers that they stand for. */
  private static final Set<String> PASSING =
      Set.of("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity");

  private static final List<String> NAMES =
      List.of(
          "QLinearConv",
          "QLinearMatMul",
          CONTRIB + "QLinearAdd",
          CONTRIB + "QLinearMul",
          CONTRIB + "QLinearAveragePool",
          CONTRIB + "QLinearGlobalAveragePool",
          CONTRIB + "QLinearSigmoid",
          CONTRIB + "QLinearLeakyRelu",
          CONTRIB + "QLinearConcat",
          CONTRIB + "QGemm");

  /** How a value is quantized: the names of its scale and zero point. */
  private record Steps(String scale, String zero) {}

  private final List<Node> made = new ArrayList<>();
  private final Map<String, Steps> quantized = new HashMap<>();

  private QOperators() {}

  /** Returns the nodes, in the same order, without the operators that this class rewrites. */
  public static List<Node> rewritten(List<Node> sorted) {
    if (sorted.stream().noneMatch(n -> NAMES.contains(n.qualified()))) {
      return sorted;
    }
    QOperators all = new QOperators();
    sorted.forEach(all::add);
    return all.made;
  }

  private void add(Node n) {
    String op = n.qualified();
    int inputs = n.inputs().size();
    if (op.equals("QuantizeLinear") && n.hasOutput(0)) {
      quantized.put(n.outputs().get(0), new Steps(input(n, 1), input(n, 2)));
      made.add(n);
    } else if (!NAMES.contains(op) || !n.hasOutput(0) || !isPlain(n)) {
      pass(n);
    } else if (op.equals("QLinearConv")) {
      String x = dequantized(n, 0, 1);
      String w = dequantized(n, 3, 0);
      List<String> in = n.hasInput(8) ? List.of(x, w, bias(n, 8, 1, 4)) : List.of(x, w);
      finish(n, "Conv", in, 6);
    } else if (op.equals(CONTRIB + "QGemm")) {
      String a = dequantized(n, 0, 1);
      String b =
          dequantized(n, 3, Long.valueOf(1).equals(n.attributes().values().get("transB")) ? 0 : 1);
      List<String> in = n.hasInput(6) ? List.of(a, b, bias(n, 6, 1, 4)) : List.of(a, b);
      finish(n, "Gemm", in, 7);
    } else if (op.equals(CONTRIB + "QLinearConcat")) {
      List<String> in = new ArrayList<>();
      for (int i = 2; i + 2 < inputs; i += 3) {
        in.add(dequantized(n, i, 1));
      }
      finish(n, "Concat", in, 0);
    } else {
      String plain = n.op().replace("QLinear", "");
      boolean two = Set.of("MatMul", "Add", "Mul").contains(plain);
      String x = dequantized(n, 0, 1);
      finish(n, plain, two ? List.of(x, dequantized(n, 3, 1)) : List.of(x), two ? 6 : 3);
    }
  }

  /** Returns whether no attribute changes what the operator computes; others are refused later. */
  private static boolean isPlain(Node n) {
    Map<String, Object> a = n.attributes().values();
    return a.getOrDefault("channels_last", 0L).equals(0L)
        && (!n.op().equals("QGemm") || a.getOrDefault("alpha", 1f).equals(1f));
  }

  private static String input(Node n, int i) {
    return n.hasInput(i) ? n.inputs().get(i) : "";
  }

  private String node(Node of, String op, List<String> in, String out, Map<String, Object> with) {
    made.add(new Node(of.shown(), op, "", in, List.of(out), new Attributes(with)));
    return out;
  }

  /** Returns the name of an input's float numbers; scale and zero point are the inputs after it. */
  private String dequantized(Node n, int i, long axis) {
    List<String> in = List.of(input(n, i), input(n, i + 1), input(n, i + 2));
    return node(n, "DequantizeLinear", in, name(n, i), Map.of("axis", axis));
  }

  /** Returns the name of an int32 bias's float numbers: its scale is the product of two others. */
  private String bias(Node n, int i, int scale, int other) {
    List<String> scales = List.of(input(n, scale), input(n, other));
    String product = node(n, "Mul", scales, name(n, i) + MARK, Map.of());
    List<String> in = List.of(input(n, i), product);
    return node(n, "DequantizeLinear", in, name(n, i), Map.of("axis", 0L));
  }

  private static String name(Node n, int i) {
    return n.outputs().get(0) + MARK + i;
  }

  /** Adds the float operator and the quantization of its output, which QGemm may leave out. */
  private void finish(Node n, String op, List<String> in, int scale) {
    String out = n.outputs().get(0);
    Map<String, Object> attributes = new HashMap<>(n.attributes().values());
    attributes.remove("channels_last");
    if (n.op().equals("QGemm") && !n.hasInput(scale)) {
      node(n, op, in, out, attributes);
      return;
    }
    String plain = node(n, op, in, out + MARK, attributes);
    quantize(n, plain, new Steps(input(n, scale), input(n, scale + 1)));
  }

  private void quantize(Node n, String plain, Steps steps) {
    String out = n.outputs().get(0);
    node(n, "QuantizeLinear", List.of(plain, steps.scale, steps.zero), out, Map.of());
    quantized.put(out, steps);
  }

  /** Adds a node as it is or, where it passes quantized numbers on, with floats between them. */
  private void pass(Node n) {
    Steps steps = n.hasInput(0) ? quantized.get(n.inputs().get(0)) : null;
    if (steps == null || !PASSING.contains(n.qualified()) || n.outputs().size() != 1) {
      made.add(n);
      return;
    }
    List<String> in = new ArrayList<>(n.inputs());
    in.set(0, name(n, 0));
    node(
        n, "DequantizeLinear", List.of(input(n, 0), steps.scale, steps.zero), name(n, 0), Map.of());
    String plain = node(n, n.op(), in, n.outputs().get(0) + MARK, n.attributes().values());
    quantize(n, plain, steps);
  }
}
