package dev.quern.onnx.lower;

import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Round;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Subtract;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.onnx.graph.WholeWeights;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for the quantization of values, in float arithmetic as ONNX defines it. A QuantizeLinear
 * and the following DequantizeLinear become one layer. Quantized weights are folded; {@link
 * WholeWeights} stores them as integers.
 */
final class QuantizeRules {
  /** A quantized value: its source and the parameters of quantization. */
  record Quantized(Value source, float scale, long zero, int type) {}

  /** A value, and the layer that rounds it to quantized numbers. */
  record Rounded(String source, FakeQuantize layer) {}

  private static final long[] NO_AXES = {};

  /** The largest 8-bit number. */
  private static final float MOST = 255;

  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private QuantizeRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("QuantizeLinear", QuantizeRules::quantize);
    rules.put("DequantizeLinear", QuantizeRules::dequantize);
    rules.put("DynamicQuantizeLinear", QuantizeRules::dynamic);
    rules.put("MatMulInteger", QuantizeRules::matMul);
    rules.put("ConvInteger", QuantizeRules::conv);
  }

  private static long zero(@Nullable Const c) {
    if (c == null) {
      return 0;
    }
    if (c.elements() != 1) {
      throw new Refusal("the zero point must be one number");
    }
    return c.longs()[0];
  }

  private static void quantize(Site s) {
    Value x = s.value(0);
    float scale = s.constant(1, "the scale").scalar();
    Const point = s.optional(2, "the zero point");
    int type =
        point == null ? (int) s.attributes().number("output_dtype", Types.UINT8) : point.type();
    if (!Types.isWhole(type) || Types.bits(type) > 16) {
      throw new Refusal("its zero point has unsupported type " + Types.name(type));
    }
    long zero = zero(point);
    FakeQuantize pair = pair(scale, zero, type);
    // recovers the integers from the pair's values
    String numbers =
        s.layer(new Round(), s.layer(new Affine(1 / scale, 0), s.layer(pair, x.node())));
    Value made =
        s.made(
                s.layer(
                    new Clamp(Types.least(type), Types.most(type)),
                    s.layer(new Affine(1, zero), numbers)),
                x.dims())
            .as(type);
    s.lowering().quantized.put(made.node(), new Quantized(x, scale, zero, type));
    s.out(0, made);
  }

  private static FakeQuantize pair(float scale, long zero, int type) {
    return new FakeQuantize(
        scale,
        Math.toIntExact(zero),
        Math.toIntExact(Types.least(type)),
        Math.toIntExact(Types.most(type)));
  }

  /**
   * Returns one rounding layer for all readers of a value. Files have a DequantizeLinear for each
   * reader, but a value that several layers round could not remain int8.
   */
  private static String rounded(Site s, String source, FakeQuantize layer) {
    Map<Rounded, String> known = s.lowering().rounded;
    Rounded key = new Rounded(source, layer);
    String made = known.get(key);
    if (made == null) {
      made = s.layer(layer, source);
      known.put(key, made);
    }
    return made;
  }

  private static void dequantize(Site s) {
    Value q = s.value(0);
    float scale = s.constant(1, "the scale").scalar();
    long zero = zero(s.optional(2, "the zero point"));
    Quantized from = s.lowering().quantized.get(q.node());
    if (from != null && from.scale() == scale && from.zero() == zero) {
      s.out(rounded(s, from.source().node(), pair(scale, zero, from.type())), q.dims());
    } else {
      String apart = s.layer(new Affine(1, -zero), q.node());
      s.out(s.layer(new Affine(scale, 0), apart), q.dims());
    }
  }

  /**
   * Converts DynamicQuantizeLinear: scale and zero point follow from the smallest and the largest
   * number of a sample, of which 0 is one.
   */
  private static void dynamic(Site s) {
    Value x = s.value(0);
    Value least = s.then(ReduceRules.whole(s, x, Amin::new), new Clamp(-INFINITY, 0));
    Value most = s.then(ReduceRules.whole(s, x, Amax::new), new Clamp(0, INFINITY));
    Value range = ArithmeticRules.broadcast(s, new Subtract(), most, least);
    // of zeros, the scale is 1
    Value none =
        ArithmeticRules.broadcast(s, new Compare(Compare.Kind.EQUAL), range, Const.of(NO_AXES, 0));
    Value step = ArithmeticRules.broadcast(s, new Divide(), range, Const.of(NO_AXES, MOST));
    Value scale = ArithmeticRules.broadcast(s, new Add(), step, none);
    Value place =
        s.then(ArithmeticRules.broadcast(s, new Divide(), least, scale), new Affine(-1, 0));
    Value zero = s.then(s.then(place, new Clamp(0, MOST)), new Round());
    Value steps = s.then(ArithmeticRules.broadcast(s, new Divide(), x, scale), new Round());
    Value moved = ArithmeticRules.broadcast(s, new Add(), steps, zero);
    s.out(0, s.then(moved, new Clamp(0, MOST)).as(Types.UINT8));
    s.out(1, scale);
    s.out(2, zero.as(Types.UINT8));
  }

  /** Returns an input less its zero point, of which there may be none. */
  private static Value fromZero(Site s, int i, int zero) {
    Operand point = s.operand(zero);
    if (point != null && point.elements() != 1) {
      throw new Refusal("the zero point must be one number");
    }
    Value x = s.value(i);
    return point == null ? x : ArithmeticRules.pair(s, new Subtract(), x, point);
  }

  /**
   * Returns a constant weight less its zero points, of which there may be none.
   *
   * @param axis the axis that has a zero point for each index
   */
  private static Const weight(Site s, int i, int zero, int axis) {
    Const w = s.constant(i, "the weight");
    Const points = s.optional(zero, "the zero point of the weight");
    float[] numbers = w.floats().clone();
    float[] each = points == null ? new float[1] : points.floats();
    boolean perIndex = axis >= 0 && axis < w.rank() && each.length == w.dims()[axis];
    if (each.length != 1 && !perIndex) {
      throw new Refusal("the weight has " + each.length + " zero points");
    }
    long inner = Dims.elements(w.dims(), axis + 1, w.rank());
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] -= each[(int) (k / inner % each.length)];
    }
    return Const.of(w.dims(), numbers);
  }

  private static void matMul(Site s) {
    Value a = fromZero(s, 0, 2);
    Operand b = s.isConstant(1) ? weight(s, 1, 3, s.dims(1).length - 1) : fromZero(s, 1, 3);
    s.out(0, MatrixRules.product(s, a, b).as(Types.INT32));
  }

  private static void conv(Site s) {
    Value x = fromZero(s, 0, 2);
    s.out(0, ConvolutionRules.conv(s, x, weight(s, 1, 3, 0), null).as(Types.INT32));
  }
}
