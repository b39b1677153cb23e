package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Where;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for arithmetic of two or more values, comparisons and selection, with NumPy's broadcasting.
 */
final class ArithmeticRules {
  private ArithmeticRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Add", s -> s.out(0, pair(s, new Add(), lowest(given(s, 0)), lowest(given(s, 1)))));
    rules.put("Sub", s -> pair(s, new Subtract()));
    rules.put("Mul", s -> pair(s, new Multiply()));
    rules.put("Div", s -> pair(s, new Divide()));
    rules.put("Pow", s -> pair(s, new Pow()));
    rules.put("Min", s -> many(s, new Minimum()));
    rules.put("Max", s -> many(s, new Maximum()));
    rules.put("Sum", s -> many(s, new Add()));
    rules.put("Mean", ArithmeticRules::mean);
    rules.put("Equal", s -> compare(s, Compare.Kind.EQUAL));
    rules.put("Less", s -> compare(s, Compare.Kind.LESS));
    rules.put("LessOrEqual", s -> compare(s, Compare.Kind.LESS_OR_EQUAL));
    rules.put("Greater", s -> compare(s, Compare.Kind.GREATER));
    rules.put("GreaterOrEqual", s -> compare(s, Compare.Kind.GREATER_OR_EQUAL));
    rules.put("Where", ArithmeticRules::where);
    rules.put("Not", s -> s.out(0, not(s, s.value(0))));
    rules.put("And", s -> s.out(0, truth(s, new Multiply())));
    rules.put("Xor", s -> s.out(0, not(s, truth(s, new Compare(Compare.Kind.EQUAL)))));
    rules.put("Or", s -> s.out(0, truth(s, new Maximum())));
  }

  private static Operand given(Site s, int i) {
    Operand o = s.operand(i);
    if (o == null) {
      throw new Refusal("input " + i + " is missing");
    }
    return o;
  }

  /**
   * Returns a constant with -infinity replaced by the lowest finite float; attention masks contain
   * -infinity for ignored keys.
   */
  static Operand lowest(Operand o) {
    if (!(o instanceof Const c) || !c.isFloat() || c.isHollow()) {
      return o;
    }
    float[] values = c.floats();
    for (float x : values) {
      if (x == Float.NEGATIVE_INFINITY) {
        float[] finite = values.clone();
        for (int i = 0; i < finite.length; i++) {
          finite[i] = Math.max(finite[i], -Float.MAX_VALUE);
        }
        return Const.of(c.dims(), finite);
      }
    }
    return o;
  }

  private static void pair(Site s, Layer layer) {
    s.out(0, pair(s, layer, given(s, 0), given(s, 1)));
  }

  /**
   * Returns the result of an operation on two operands; the result has an integer type if both
   * operands have one.
   */
  static Value pair(Site s, Layer layer, Operand a, Operand b) {
    boolean whole = !Types.isFloat(a.type()) && !Types.isFloat(b.type());
    Value made = scalar(s, layer, a, b);
    if (made == null) {
      made = broadcast(s, layer, a, b);
    }
    if (whole && layer instanceof Divide) {
      made = FunctionRules.truncated(s, made);
    }
    return whole ? made.as(a.type()) : made;
  }

  /**
   * Converts an operation with a constant scalar operand to a layer with one input, and returns the
   * layer's result; null if there is no such operand or layer.
   */
  private static @Nullable Value scalar(Site s, Layer layer, Operand a, Operand b) {
    if (b instanceof Const c && c.elements() == 1 && a instanceof Value x) {
      Layer one = second(layer, c.scalar());
      return one == null ? null : stretched(s, one, x, c);
    }
    if (a instanceof Const c && c.elements() == 1 && b instanceof Value x) {
      float v = c.scalar();
      if (layer instanceof Subtract && Float.isFinite(v)) {
        return stretched(s, new Affine(-1, v), x, c);
      }
      if (layer instanceof Divide && Float.isFinite(v)) {
        String inverse = s.layer(new Reciprocal(), x.node());
        Value made = s.made(v == 1 ? inverse : s.layer(new Affine(v, 0), inverse), x.dims());
        return s.made(made.node(), Dims.broadcast(x.dims(), c.dims()));
      }
      Layer one =
          layer instanceof Subtract || layer instanceof Divide || layer instanceof Pow
              ? null
              : second(layer, v);
      return one == null ? null : stretched(s, one, x, c);
    }
    return null;
  }

  private static Value stretched(Site s, Layer one, Value x, Const c) {
    return s.made(s.layer(one, x.node()), Dims.broadcast(x.dims(), c.dims()));
  }

  /**
   * Returns the layer with one input for an operation whose second operand is the constant {@code
   * v}; null if there is none.
   */
  private static @Nullable Layer second(Layer layer, float v) {
    if (!Float.isFinite(v)) {
      return null;
    }
    if (layer instanceof Add) {
      return new Affine(1, v);
    }
    if (layer instanceof Subtract) {
      return new Affine(1, -v);
    }
    if (layer instanceof Multiply) {
      return new Affine(v, 0);
    }
    if (layer instanceof Divide && Float.isFinite(1 / v)) {
      return new Affine(1 / v, 0);
    }
    if (layer instanceof Pow) {
      return new Power(v);
    }
    if (layer instanceof Minimum) {
      return new Clamp(Float.NEGATIVE_INFINITY, v);
    }
    if (layer instanceof Maximum) {
      return new Clamp(v, Float.POSITIVE_INFINITY);
    }
    return null;
  }

  /**
   * Adds an elementwise layer; its operands are reshaped so that their axes align with the axes of
   * the result.
   */
  static Value broadcast(Site s, Layer layer, Operand... all) {
    long[] to = all[0].dims();
    for (Operand o : all) {
      to = Dims.broadcast(to, o.dims());
    }
    String[] in = new String[all.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = aligned(s, all[i], to);
    }
    return s.made(s.layer(layer, in), to);
  }

  /** Returns an operand reshaped to the number of axes of the result. */
  private static String aligned(Site s, Operand o, long[] to) {
    long[] dims = Dims.padded(o.dims(), to.length);
    int dropped = s.lowering().dropped(to);
    if (s.lowering().lead() > 0 && o instanceof Value && o.rank() < to.length) {
      throw new Refusal("it aligns a batch with another axis");
    }
    if (s.lowering().lead() > 0 && o instanceof Const c && dims[0] != 1) {
      return s.value(c).node();
    }
    Shape sample =
        to.length == dropped
            ? Shape.of(1)
            : Shape.of(Arrays.copyOfRange(dims, dropped, dims.length));
    if (o instanceof Const c) {
      return s.constant(sample.rank() == 0 ? Shape.of(1) : sample, c.floats());
    }
    return s.parts.reshape(((Value) o).node(), sample.rank() == 0 ? Shape.of(1) : sample);
  }

  private static void many(Site s, Layer layer) {
    Operand made = given(s, 0);
    for (int i = 1; i < s.node.inputs().size(); i++) {
      made = pair(s, layer, made, given(s, i));
    }
    s.out(0, made);
  }

  private static void mean(Site s) {
    Operand made = given(s, 0);
    for (int i = 1; i < s.node.inputs().size(); i++) {
      made = pair(s, new Add(), made, given(s, i));
    }
    Value sum = s.value(made);
    s.out(s.layer(new Affine(1f / s.node.inputs().size(), 0), sum.node()), sum.dims());
  }

  private static void compare(Site s, Compare.Kind kind) {
    s.out(0, broadcast(s, new Compare(kind), given(s, 0), given(s, 1)).as(Types.BOOL));
  }

  private static void where(Site s) {
    Operand x = given(s, 1);
    Value made = broadcast(s, new Where(), given(s, 0), x, given(s, 2));
    s.out(0, made.as(x.type()));
  }

  private static Value truth(Site s, Layer layer) {
    return broadcast(s, layer, given(s, 0), given(s, 1)).as(Types.BOOL);
  }

  static Value not(Site s, Value x) {
    return s.made(s.layer(new Affine(-1, 1), x.node()), x.dims()).as(Types.BOOL);
  }

  /** Returns 1 for elements that are not 0, and 0 for others. */
  static Value notZero(Site s, Value x) {
    Const zero = Const.of(new long[0], 0);
    return not(s, broadcast(s, new Compare(Compare.Kind.EQUAL), x, zero));
  }
}
