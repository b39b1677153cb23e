package dev.quern.onnx.lower;

import dev.quern.layer.FieldValues;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerField;
import dev.quern.layer.LayerType;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.network.LayerTypes;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Rules for elementwise functions of one value. */
final class FunctionRules {
  private static final float SELU_ALPHA = 1.67326319217681884765625f;
  private static final float SELU_GAMMA = 1.05070102214813232421875f;

  private FunctionRules() {}

  static void addTo(Map<String, Rule> rules) {
    for (LayerType<?> type : LayerTypes.all()) {
      if (type.onnx() != null) {
        put(rules, type.onnx().name(), s -> plain(type, s.attributes()));
      }
    }
    put(rules, "HardSwish", s -> new Hardswish());
    put(rules, "Mish", s -> new Mish());
    put(rules, "Neg", s -> new Affine(-1, 0));
    put(rules, "Softplus", s -> new Softplus());
    put(rules, "Gelu", FunctionRules::gelu);
    rules.put("Selu", FunctionRules::selu);
    rules.put("HardSigmoid", FunctionRules::hardSigmoid);
    rules.put("PRelu", FunctionRules::prelu);
    rules.put("Clip", FunctionRules::clip);
    rules.put("Cast", FunctionRules::cast);
    rules.put("CastLike", FunctionRules::castLike);
    rules.put("Identity", s -> s.out(0, s.value(0)));
    rules.put("Swish", s -> s.out(0, swish(s, s.value(0), s.attributes().real("alpha", 1))));
  }

  private static void put(Map<String, Rule> rules, String op, Function<Site, Layer> layer) {
    rules.put(op, s -> apply(s, layer.apply(s)));
  }

  private static void apply(Site s, Layer layer) {
    Value x = s.value(0);
    s.out(0, Lowering.typed(s.made(s.layer(layer, x.node()), x.dims()), x));
  }

  /**
   * Returns a layer whose options are the node's attributes of the same name; other attributes must
   * be 0.
   */
  private static <L extends Layer> L plain(LayerType<L> type, Attributes attributes) {
    List<String> known = type.onnx().attributes();
    FieldValues values = new FieldValues();
    for (int i = 0; i < known.size(); i++) {
      LayerField<L> field = type.fields().get(i);
      float usual = (float) field.otherwise().apply(values);
      values.put(field.name(), attributes.real(known.get(i), usual));
    }
    for (String name : attributes.names()) {
      if (!known.contains(name) && attributes.real(name, 0) != 0) {
        throw new Refusal("attribute " + name + " must be 0");
      }
    }
    return type.make(values);
  }

  private static Layer gelu(Site s) {
    return new Gelu(
        s.attributes().text("approximate", "none").equals("tanh")
            ? Gelu.Approximate.TANH
            : Gelu.Approximate.NONE);
  }

  private static void selu(Site s) {
    Value x = s.value(0);
    float alpha = s.attributes().real("alpha", SELU_ALPHA);
    float gamma = s.attributes().real("gamma", SELU_GAMMA);
    if (alpha == SELU_ALPHA && gamma == SELU_GAMMA) {
      apply(s, new Selu());
    } else {
      s.out(s.layer(new Affine(gamma, 0), s.layer(new Elu(alpha), x.node())), x.dims());
    }
  }

  private static void hardSigmoid(Site s) {
    Value x = s.value(0);
    float alpha = s.attributes().real("alpha", 0.2f);
    float beta = s.attributes().real("beta", 0.5f);
    if (Math.abs(alpha - 1 / 6f) < 1e-6f && beta == 0.5f) {
      apply(s, new Hardsigmoid());
    } else {
      s.out(s.layer(new Clamp(0, 1), s.layer(new Affine(alpha, beta), x.node())), x.dims());
    }
  }

  /** Returns x times the sigmoid of alpha x. */
  static Value swish(Site s, Value x, float alpha) {
    if (alpha == 1) {
      return s.made(s.layer(new Silu(), x.node()), x.dims());
    }
    String gate = s.layer(new Sigmoid(), s.layer(new Affine(alpha, 0), x.node()));
    return s.made(s.layer(new Multiply(), x.node(), gate), x.dims());
  }

  private static void prelu(Site s) {
    Value x = s.value(0);
    s.nameAfter(1);
    Const slope = s.constant(1, "the slope");
    boolean one = slope.elements() == 1;
    if (!one && !isPerChannel(slope, x)) {
      // max(x, 0) + slope min(x, 0)
      String positive = s.layer(new Relu(), x.node());
      Value negative = s.made(s.layer(new Clamp(Float.NEGATIVE_INFINITY, 0), x.node()), x.dims());
      Value scaled = ArithmeticRules.broadcast(s, new Multiply(), negative, slope);
      s.out(0, ArithmeticRules.broadcast(s, new Add(), s.made(positive, x.dims()), scaled));
      return;
    }
    PRelu layer = new PRelu(Math.toIntExact(slope.elements()), 0.25f);
    String in = one ? x.node() : s.image(x).node();
    s.out(s.layer(layer, Map.of("weight", slope.floats()), in), x.dims());
  }

  /**
   * Returns whether a slope, broadcast by NumPy's rules, has one element for each channel (axis 1).
   */
  private static boolean isPerChannel(Const slope, Value x) {
    long[] dims =
        x.rank() < 2 || slope.rank() > x.rank() ? new long[0] : Dims.padded(slope.dims(), x.rank());
    if (slope.rank() == 1 && dims.length > 2 && slope.dims()[0] != x.dims()[x.rank() - 1]) {
      // older exporters of PyTorch write one number per channel in this way
      return slope.dims()[0] == x.dims()[1];
    }
    boolean fits = dims.length > 1 && dims[1] == x.dims()[1];
    for (int i = 0; i < dims.length; i++) {
      fits &= i == 1 || dims[i] == 1;
    }
    return fits;
  }

  private static void clip(Site s) {
    Value x = s.value(0);
    if (s.operand(1) instanceof Value || s.operand(2) instanceof Value) {
      computedClip(s, x);
      return;
    }
    Const least = s.optional(1, "the smallest value");
    Const most = s.optional(2, "the largest value");
    float lo = least == null ? s.attributes().real("min", Float.NEGATIVE_INFINITY) : least.scalar();
    float hi = most == null ? s.attributes().real("max", Float.POSITIVE_INFINITY) : most.scalar();
    s.out(0, Lowering.typed(clamped(s, x, lo, hi), x));
  }

  /**
   * Clamps a value to bounds that the network computes; as in ONNX, the upper bound takes
   * precedence.
   */
  private static void computedClip(Site s, Value x) {
    Operand least = s.operand(1);
    Operand most = s.operand(2);
    Value above = least == null ? x : ArithmeticRules.broadcast(s, new Maximum(), x, least);
    Value made = most == null ? above : ArithmeticRules.broadcast(s, new Minimum(), above, most);
    s.out(0, Lowering.typed(made, x));
  }

  /**
   * Returns a value clamped to constant bounds, by a specific layer such as ReLU if there is one.
   */
  static Value clamped(Site s, Value x, float lo, float hi) {
    boolean open = hi >= Float.MAX_VALUE;
    if (open && lo <= -Float.MAX_VALUE) {
      return x;
    }
    if (lo > hi) {
      // then all elements are the upper bound, as in ONNX
      lo = hi;
    }
    Layer layer =
        lo == 0 && open ? new Relu() : lo == 0 && hi == 6 ? new Relu6() : new Clamp(lo, hi);
    return s.made(s.layer(layer, x.node()), x.dims());
  }

  private static void cast(Site s) {
    cast(s, (int) s.attributes().number("to", 0));
  }

  private static void castLike(Site s) {
    cast(s, s.operand(1) == null ? 0 : s.operand(1).type());
  }

  private static void cast(Site s, int to) {
    Value x = s.value(0);
    if (Types.bits(to) == 0) {
      throw new Refusal("a cast to " + Types.name(to) + " is not supported");
    }
    if (Types.isFloat(to) || x.type() == to) {
      s.out(0, x.as(to));
    } else if (to == Types.BOOL) {
      s.out(0, ArithmeticRules.notZero(s, x).as(to));
    } else {
      s.out(0, (Types.isFloat(x.type()) ? truncated(s, x) : x).as(to));
    }
  }

  /** Returns a value rounded towards zero. */
  static Value truncated(Site s, Value x) {
    String floor = s.layer(new Floor(), s.layer(new Abs(), x.node()));
    String sign = s.layer(new Sign(), x.node());
    return s.made(s.layer(new Multiply(), floor, sign), x.dims());
  }
}
