package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Constant folding of operators on the bits of integers, and of tests for NaN and infinity. */
final class BitFolds {
  private static final Map<String, LongBinaryOperator> BITWISE =
      Map.of(
          "BitwiseAnd", (a, b) -> a & b,
          "BitwiseOr", (a, b) -> a | b,
          "BitwiseXor", (a, b) -> a ^ b);

  private BitFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    BITWISE.keySet().forEach(op -> rules.put(op, BitFolds::bitwise));
    rules.put("BitwiseNot", BitFolds::not);
    rules.put("BitShift", BitFolds::shift);
    rules.put("IsNaN", (n, v, in) -> List.of(test(Fold.given(n, in, 0), true, false, false)));
    rules.put("IsInf", BitFolds::isInfinite);
  }

  private static List<Const> bitwise(Node node, long opset, List<@Nullable Const> in) {
    return List.of(integers(node, in, BITWISE.get(node.op())));
  }

  private static Const integers(Node node, List<@Nullable Const> in, LongBinaryOperator f) {
    Const a = integer(node, in, 0);
    Const b = integer(node, in, 1);
    long[] to = Dims.broadcast(a.dims(), b.dims());
    Fold.size(to);
    long[] x = Index.broadcast(a, to).longs();
    long[] y = Index.broadcast(b, to).longs();
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsLong(x[i], y[i]);
    }
    return Const.of(a.type(), to, out);
  }

  private static Const integer(Node node, List<@Nullable Const> in, int i) {
    Const c = Fold.given(node, in, i);
    if (c.isFloat()) {
      throw new Refusal("input " + i + " " + c + " must be of integers");
    }
    return c;
  }

  private static List<Const> not(Node node, long opset, List<@Nullable Const> in) {
    Const x = integer(node, in, 0);
    long bits = mask(x);
    long[] out = x.longs().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = ~out[i] & bits;
    }
    return List.of(Const.of(x.type(), x.dims(), out));
  }

  /** Returns the bits of a number of an unsigned type; all bits for a signed type. */
  private static long mask(Const x) {
    int bits = Types.bits(x.type());
    return Types.least(x.type()) < 0 || bits == Long.SIZE ? -1 : (1L << bits) - 1;
  }

  private static List<Const> shift(Node node, long opset, List<@Nullable Const> in) {
    boolean left =
        switch (node.attributes().text("direction", "")) {
          case "LEFT" -> true;
          case "RIGHT" -> false;
          default -> throw new Refusal("attribute direction must be \"LEFT\" or \"RIGHT\"");
        };
    Const x = integer(node, in, 0);
    int bits = Types.bits(x.type());
    long mask = mask(x);
    LongBinaryOperator shift =
        (a, b) -> b < 0 || b >= bits ? 0 : left ? a << b & mask : (a & mask) >>> b;
    return List.of(integers(node, in, shift));
  }

  private static List<Const> isInfinite(Node node, long opset, List<@Nullable Const> in) {
    boolean positive = node.attributes().number("detect_positive", 1) != 0;
    boolean negative = node.attributes().number("detect_negative", 1) != 0;
    return List.of(test(Fold.given(node, in, 0), false, positive, negative));
  }

  private static Const test(Const x, boolean nan, boolean positive, boolean negative) {
    float[] from = x.floats();
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      boolean found =
          nan && Float.isNaN(from[i])
              || positive && from[i] == Float.POSITIVE_INFINITY
              || negative && from[i] == Float.NEGATIVE_INFINITY;
      out[i] = found ? 1 : 0;
    }
    return Const.of(Types.BOOL, x.dims(), out);
  }
}
