package dev.quern.onnx.lower;

import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Round;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
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

  private QuantizeRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("QuantizeLinear", QuantizeRules::quantize);
    rules.put("DequantizeLinear", QuantizeRules::dequantize);
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
}
