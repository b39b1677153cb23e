package dev.quern.onnx.lower;

import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.onnx.fold.Triangles;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Rules for operators that have no corresponding layer and become several layers. */
final class ComposedRules {
  /** The maximum length of an axis for CumSum, which becomes a product with a triangular matrix. */
  private static final long MOST_SUMMED = 2048;

  private static final int SINCE_ONE_AXIS = 13;

  private ComposedRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("ThresholdedRelu", ComposedRules::thresholdedRelu);
    rules.put("Hardmax", ComposedRules::hardmax);
    rules.put("LpNormalization", ComposedRules::lpNormalization);
    rules.put("MeanVarianceNormalization", ComposedRules::meanVariance);
    rules.put("Mod", ComposedRules::mod);
    rules.put("CumSum", ComposedRules::cumSum);
    rules.put("Trilu", ComposedRules::trilu);
  }

  private static Const number(float v) {
    return Const.of(new long[0], v);
  }

  private static void thresholdedRelu(Site s) {
    Value x = s.value(0);
    Const alpha = number(s.attributes().real("alpha", 1));
    Value above = ArithmeticRules.broadcast(s, new Compare(Compare.Kind.GREATER), x, alpha);
    s.out(0, ArithmeticRules.broadcast(s, new Where(), above, x, number(0)));
  }

  /**
   * Converts Hardmax: 1 at the first maximum, else 0. Since opset 13, the maximum is over one axis;
   * before, over that axis and all axes after it.
   */
  private static void hardmax(Site s) {
    Value x = s.value(0);
    long[] dims = x.dims();
    boolean one = s.opset >= SINCE_ONE_AXIS;
    int axis = Dims.axis(s.attributes().number("axis", one ? -1 : 1), x.rank());
    if (!one && Dims.elements(dims, axis + 1, x.rank()) > 1) {
      long before = Dims.elements(dims, 0, axis);
      x = s.made(x.node(), before, Dims.elements(dims, axis, x.rank()));
      axis = 1;
    }
    Site.Form in = s.form(x, axis);
    String largest = s.layer(new Argmax(in.axis(axis), true, false), in.node());
    int n = Math.toIntExact(x.dims()[axis]);
    float[] places = new float[n];
    for (int i = 0; i < n; i++) {
      places[i] = i;
    }
    long[] along = new long[x.rank() - axis];
    Arrays.fill(along, 1);
    along[0] = n;
    Value index = s.made(largest, Dims.with(x.dims(), axis, 1));
    Value hot =
        ArithmeticRules.broadcast(
            s, new Compare(Compare.Kind.EQUAL), index, Const.of(along, places));
    s.out(0, s.made(hot.node(), dims));
  }

  private static Value reduced(Site s, Value x, int[] axes, boolean mean) {
    long[] kept = x.dims().clone();
    int[] over = Arrays.stream(axes).filter(a -> x.dims()[a] > 1).sorted().toArray();
    Arrays.stream(axes).forEach(a -> kept[a] = 1);
    if (over.length == 0) {
      return s.made(x.node(), kept);
    }
    Site.Form in = s.form(x, over);
    var own = Arrays.stream(over).map(in::axis).boxed().toList();
    return s.made(s.layer(mean ? new Mean(own, true) : new Sum(own, true), in.node()), kept);
  }

  private static void lpNormalization(Site s) {
    Value x = s.value(0);
    int[] axis = {Dims.axis(s.attributes().number("axis", -1), x.rank())};
    long p = s.attributes().number("p", 2);
    if (p != 1 && p != 2) {
      throw new Refusal("attribute p is " + p + ", expected 1 or 2");
    }
    Value norm =
        p == 1
            ? reduced(s, s.then(x, new Abs()), axis, false)
            : s.then(reduced(s, squared(s, x), axis, false), new Sqrt());
    // zeros remain zeros
    Value divisor = s.then(norm, new Clamp(Float.MIN_NORMAL, Float.POSITIVE_INFINITY));
    s.out(0, ArithmeticRules.broadcast(s, new Divide(), x, divisor));
  }

  private static Value squared(Site s, Value x) {
    return s.made(s.layer(new Multiply(), x.node(), x.node()), x.dims());
  }

  private static void meanVariance(Site s) {
    Value x = s.value(0);
    long[] given = s.attributes().numbers("axes");
    long[] axes = given == null ? new long[] {0, 2, 3} : given;
    int[] over = Arrays.stream(axes).mapToInt(a -> Dims.axis(a, x.rank())).toArray();
    Value apart = ArithmeticRules.broadcast(s, new Subtract(), x, reduced(s, x, over, true));
    Value deviation = s.then(reduced(s, squared(s, apart), over, true), new Sqrt());
    Value divisor = s.then(deviation, new Affine(1, 1e-9f));
    s.out(0, ArithmeticRules.broadcast(s, new Divide(), apart, divisor));
  }

  /** Converts Mod: a - b times the quotient, rounded down or, for fmod, towards zero. */
  private static void mod(Site s) {
    boolean fmod = s.attributes().number("fmod", 0) != 0;
    Value a = s.value(0);
    if (!fmod && Types.isFloat(a.type())) {
      throw new Refusal("a remainder of floats needs the attribute fmod");
    }
    Value b = s.value(1);
    Value quotient = ArithmeticRules.broadcast(s, new Divide(), a, b);
    Value whole = fmod ? FunctionRules.truncated(s, quotient) : s.then(quotient, new Floor());
    Value times = ArithmeticRules.broadcast(s, new Multiply(), whole, b);
    Value rest = ArithmeticRules.broadcast(s, new Subtract(), a, times);
    s.out(0, Lowering.typed(rest, a));
  }

  private static void cumSum(Site s) {
    Value x = s.value(0);
    int axis = Dims.axis((long) s.constant(1, "the axis").scalar(), x.rank());
    boolean exclusive = s.attributes().number("exclusive", 0) != 0;
    boolean reverse = s.attributes().number("reverse", 0) != 0;
    long n = x.dims()[axis];
    if (n > MOST_SUMMED) {
      throw new Refusal("an axis of " + n + " is longer than " + MOST_SUMMED);
    }
    float[] ones = new float[(int) (n * n)];
    for (int i = 0; i < ones.length; i++) {
      // element [from][to] of the matrix
      long behind = reverse ? i / n - i % n : i % n - i / n;
      ones[i] = behind > 0 || behind == 0 && !exclusive ? 1 : 0;
    }
    int last = x.rank() - 1;
    int[] swapped = IntStream.rangeClosed(0, last).toArray();
    swapped[axis] = last;
    swapped[last] = axis;
    boolean turns = axis != last;
    Value turned = turns ? ShapeRules.transposed(s, x, swapped) : x;
    Value sums = MatrixRules.product(s, turned, Const.of(new long[] {n, n}, ones));
    s.out(0, Lowering.typed(turns ? ShapeRules.transposed(s, sums, swapped) : sums, x));
  }

  private static void trilu(Site s) {
    Value x = s.value(0);
    boolean[] kept = Triangles.kept(s.node, s.optional(1, "the diagonal"), x.dims());
    float[] mask = new float[kept.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = kept[i] ? 1 : 0;
    }
    long[] matrix = Arrays.copyOfRange(x.dims(), x.rank() - 2, x.rank());
    Value made = ArithmeticRules.broadcast(s, new Where(), Const.of(matrix, mask), x, number(0));
    s.out(0, Lowering.typed(made, x));
  }
}
