package dev.quern.onnx.fold;

import static java.util.Map.entry;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Scales;
import dev.quern.onnx.graph.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Constant folding of elementwise operators: functions, arithmetic, comparisons, selection and
 * casts.
 */
final class ElementFolds {
  private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
      Map.ofEntries(
          entry("Abs", Math::abs),
          entry("Neg", x -> -x),
          entry("Sqrt", Math::sqrt),
          entry("Exp", Math::exp),
          entry("Log", Math::log),
          entry("Floor", Math::floor),
          entry("Ceil", Math::ceil),
          entry("Round", Math::rint),
          entry("Sign", Math::signum),
          entry("Reciprocal", x -> 1 / x),
          entry("Relu", x -> x < 0 ? 0 : x),
          entry("Sigmoid", x -> 1 / (1 + Math.exp(-x))),
          entry("Tanh", Math::tanh),
          entry("Cos", Math::cos),
          entry("Sin", Math::sin),
          entry("Tan", Math::tan),
          entry("Acos", Math::acos),
          entry("Asin", Math::asin),
          entry("Atan", Math::atan),
          entry("Cosh", Math::cosh),
          entry("Sinh", Math::sinh),
          entry("Acosh", x -> Math.log(x + Math.sqrt(x * x - 1))),
          entry("Asinh", x -> Math.signum(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1))),
          entry("Atanh", x -> Math.log1p(2 * x / (1 - x)) / 2));

  private static final Map<String, LongUnaryOperator> WHOLE_FUNCTIONS =
      Map.of("Abs", Math::abs, "Neg", x -> -x, "Sign", Long::signum, "Relu", x -> Math.max(x, 0));

  private static final Map<String, DoubleBinaryOperator> ARITHMETIC =
      Map.of(
          "Add", Double::sum,
          "Sub", (a, b) -> a - b,
          "Mul", (a, b) -> a * b,
          "Div", (a, b) -> a / b,
          "Pow", Math::pow,
          "Max", Math::max,
          "Min", Math::min,
          "Sum", Double::sum,
          "fmod", (a, b) -> a % b);

  private static final Map<String, LongBinaryOperator> WHOLE_ARITHMETIC =
      Map.of(
          "Add",
          Long::sum,
          "Sub",
          (a, b) -> a - b,
          "Mul",
          (a, b) -> a * b,
          "Div",
          ElementFolds::quotient,
          "Pow",
          (a, b) -> (long) Math.pow(a, b),
          "Max",
          Math::max,
          "Min",
          Math::min,
          "Sum",
          Long::sum,
          "Mod",
          (a, b) -> b == 0 ? divided() : Math.floorMod(a, b),
          "fmod",
          (a, b) -> b == 0 ? divided() : a % b);

  /**
   * The comparison operators, which return 1 for true and 0 for false; an order comparison with NaN
   * is false.
   */
  private static final Map<String, DoubleBinaryOperator> COMPARISONS =
      Map.of(
          "Equal", (a, b) -> a == b ? 1 : 0,
          "Less", (a, b) -> a < b ? 1 : 0,
          "LessOrEqual", (a, b) -> a <= b ? 1 : 0,
          "Greater", (a, b) -> a > b ? 1 : 0,
          "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0,
          "And", (a, b) -> a != 0 && b != 0 ? 1 : 0,
          "Or", (a, b) -> a != 0 || b != 0 ? 1 : 0,
          "Xor", (a, b) -> a != 0 ^ b != 0 ? 1 : 0);

  private ElementFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    FUNCTIONS.keySet().forEach(op -> rules.put(op, ElementFolds::function));
    WHOLE_ARITHMETIC.keySet().forEach(op -> rules.put(op, ElementFolds::arithmetic));
    COMPARISONS.keySet().forEach(op -> rules.put(op, ElementFolds::comparison));
    rules.put("Not", (n, v, in) -> List.of(not(Fold.given(n, in, 0))));
    rules.put("Where", (n, v, in) -> List.of(where(n, in)));
    rules.put("Cast", ElementFolds::cast);
    rules.put("Clip", ElementFolds::clip);
    rules.put("DequantizeLinear", ElementFolds::dequantize);
  }

  private static List<Const> function(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    if (x.isFloat()) {
      DoubleUnaryOperator f = FUNCTIONS.get(node.op());
      return List.of(floats(x, f));
    }
    LongUnaryOperator f = WHOLE_FUNCTIONS.get(node.op());
    if (f == null) {
      throw new Refusal(node.op() + " of " + Types.name(x.type()) + " cannot be folded");
    }
    return List.of(Const.of(x.type(), x.dims(), Arrays.stream(x.longs()).map(f).toArray()));
  }

  private static Const floats(Const x, DoubleUnaryOperator f) {
    float[] in = x.floats();
    float[] out = new float[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) f.applyAsDouble(in[i]);
    }
    return Const.of(x.dims(), out);
  }

  private static List<Const> arithmetic(Node node, long opset, List<@Nullable Const> in) {
    Const made = Fold.given(node, in, 0);
    for (int i = 1; i < in.size(); i++) {
      made = arithmetic(operation(node), made, Fold.given(node, in, i));
    }
    return List.of(made);
  }

  /** Returns the operator's name, or fmod for a Mod whose result has the sign of the dividend. */
  private static String operation(Node node) {
    boolean fmod = node.op().equals("Mod") && node.attributes().number("fmod", 0) != 0;
    return fmod ? "fmod" : node.op();
  }

  private static Const arithmetic(String op, Const a, Const b) {
    long[] to = Dims.broadcast(a.dims(), b.dims());
    Fold.size(to);
    if (a.isFloat() || b.isFloat()) {
      DoubleBinaryOperator f = ARITHMETIC.get(op);
      if (f == null) {
        throw new Refusal(op + " of " + Types.name(a.type()) + " cannot be folded");
      }
      return Const.of(to, floats(f, a, b, to));
    }
    return Const.of(a.type(), to, longs(WHOLE_ARITHMETIC.get(op), a, b, to));
  }

  private static long[] longs(LongBinaryOperator f, Const a, Const b, long[] to) {
    long[] x = Index.broadcast(a, to).longs();
    long[] y = Index.broadcast(b, to).longs();
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsLong(x[i], y[i]);
    }
    return out;
  }

  private static float[] floats(DoubleBinaryOperator f, Const a, Const b, long[] to) {
    if (b.elements() == 1 && Arrays.equals(a.dims(), to)) {
      double right = b.scalar();
      return floats(a, left -> f.applyAsDouble(left, right)).floats();
    }
    float[] x = Index.broadcast(a, to).floats();
    float[] y = Index.broadcast(b, to).floats();
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) f.applyAsDouble(x[i], y[i]);
    }
    return out;
  }

  private static long quotient(long a, long b) {
    return b == 0 ? divided() : a / b;
  }

  private static long divided() {
    throw new Refusal("an integer is divided by 0");
  }

  private static List<Const> comparison(Node node, long opset, List<@Nullable Const> in) {
    Const a = Fold.given(node, in, 0);
    Const b = Fold.given(node, in, 1);
    long[] to = Dims.broadcast(a.dims(), b.dims());
    Fold.size(to);
    DoubleBinaryOperator truth = COMPARISONS.get(node.op());
    if (!a.isFloat() && !b.isFloat()) {
      // not as floats, which are equal for different integers above 2^24
      LongBinaryOperator exact = (x, y) -> (long) truth.applyAsDouble(x, y);
      return List.of(Const.of(Types.BOOL, to, longs(exact, a, b, to)));
    }
    float[] found = floats(truth, a, b, to);
    long[] out = new long[found.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) found[i];
    }
    return List.of(Const.of(Types.BOOL, to, out));
  }

  private static Const not(Const x) {
    return Const.of(
        Types.BOOL, x.dims(), Arrays.stream(x.longs()).map(v -> v == 0 ? 1 : 0).toArray());
  }

  private static Const where(Node node, List<@Nullable Const> in) {
    Const c = Fold.given(node, in, 0);
    Const x = Fold.given(node, in, 1);
    Const y = Fold.given(node, in, 2);
    long[] to = Dims.broadcast(Dims.broadcast(c.dims(), x.dims()), y.dims());
    Fold.size(to);
    long[] chosen = Index.broadcast(c, to).longs();
    if (x.isFloat()) {
      float[] out = Index.broadcast(x, to).floats().clone();
      float[] other = Index.broadcast(y, to).floats();
      for (int i = 0; i < out.length; i++) {
        out[i] = chosen[i] != 0 ? out[i] : other[i];
      }
      return Const.of(to, out);
    }
    long[] out = Index.broadcast(x, to).longs().clone();
    long[] other = Index.broadcast(y, to).longs();
    for (int i = 0; i < out.length; i++) {
      out[i] = chosen[i] != 0 ? out[i] : other[i];
    }
    return Const.of(x.type(), to, out);
  }

  private static List<Const> cast(Node node, long opset, List<@Nullable Const> in) {
    return List.of(cast(Fold.given(node, in, 0), (int) node.attributes().number("to", 0)));
  }

  /** Converts a constant to another element type. */
  static Const cast(Const x, int to) {
    if (Types.bits(to) == 0) {
      throw new Refusal("a cast to " + Types.name(to) + " is not supported");
    }
    if (Types.isFloat(to)) {
      return Const.of(x.dims(), x.floats());
    }
    long[] out = new long[(int) x.elements()];
    if (x.isFloat()) {
      float[] from = x.floats();
      for (int i = 0; i < out.length; i++) {
        out[i] = to == Types.BOOL ? (from[i] != 0 ? 1 : 0) : (long) from[i];
      }
    } else {
      long[] from = x.longs();
      for (int i = 0; i < out.length; i++) {
        out[i] = to == Types.BOOL ? (from[i] != 0 ? 1 : 0) : from[i];
      }
    }
    return Const.of(to, x.dims(), out);
  }

  private static List<Const> clip(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const least = in.size() > 1 ? in.get(1) : null;
    Const most = in.size() > 2 ? in.get(2) : null;
    double lo = least == null ? node.attributes().real("min", -Float.MAX_VALUE) : least.scalar();
    double hi = most == null ? node.attributes().real("max", Float.MAX_VALUE) : most.scalar();
    if (x.isFloat()) {
      return List.of(floats(x, v -> Math.min(Math.max(v, lo), hi)));
    }
    long[] out =
        Arrays.stream(x.longs()).map(v -> Math.min(Math.max(v, (long) lo), (long) hi)).toArray();
    return List.of(Const.of(x.type(), x.dims(), out));
  }

  private static List<Const> dequantize(Node node, long opset, List<@Nullable Const> in) {
    Const q = Fold.given(node, in, 0);
    Const scale = Fold.given(node, in, 1);
    Const zero = in.size() > 2 ? in.get(2) : null;
    if (q.isHollow()) {
      return List.of(q.hollowFloats());
    }
    if (node.attributes().number("block_size", 0) != 0) {
      throw new Refusal("attribute block_size must be 0");
    }
    int inner = q.rank() == 0 ? 1 : (int) q.elements();
    if (scale.elements() != 1) {
      int axis = Dims.axis(node.attributes().number("axis", 1), q.rank());
      if (scale.elements() != q.dims()[axis]) {
        throw new Refusal("scales " + scale + " do not match an axis of " + q.dims()[axis]);
      }
      inner = (int) Dims.elements(q.dims(), axis + 1, q.rank());
    }
    float[] scales = scale.floats();
    long[] zeros = zero == null ? new long[] {0} : zero.longs();
    if (zeros.length != 1 && zeros.length != scales.length) {
      throw new Refusal("zero points " + zero + " do not match scales " + scale);
    }
    float[] out = differences(q, zeros, inner);
    for (int i = 0; i < out.length; i++) {
      out[i] *= scales[i / inner % scales.length];
    }
    return List.of(
        Types.bits(q.type()) == Byte.SIZE
            ? Const.scaled(q.dims(), out, new Scales(scales, inner))
            : Const.of(q.dims(), out));
  }

  /** Returns the integers minus their zero points, as a new float array. */
  private static float[] differences(Const q, long[] zeros, int inner) {
    if (Types.bits(q.type()) <= Short.SIZE) {
      float[] out = q.floats();
      for (int i = 0; i < out.length; i++) {
        out[i] -= zeros[i / inner % zeros.length];
      }
      return out;
    }
    long[] from = q.longs();
    float[] out = new float[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[i] - zeros[i / inner % zeros.length];
    }
    return out;
  }
}
