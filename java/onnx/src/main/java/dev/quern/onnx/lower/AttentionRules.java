package dev.quern.onnx.lower;

import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rules for ONNX's Attention, whose inputs are token sequences or one matrix per head. */
final class AttentionRules {
  private static final int MASK = 3;

  private AttentionRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Attention", AttentionRules::attention);
  }

  private static void attention(Site s) {
    boolean apart = s.dims(0).length == 4;
    int heads = heads(s, "q_num_heads", 0, apart);
    int kept = heads(s, "kv_num_heads", 1, apart);
    if (heads != kept) {
      throw new Refusal(heads + " query heads and " + kept + " key heads differ in number");
    }
    if (s.attributes().real("softcap", 0) != 0) {
      throw new Refusal("attribute softcap must be 0");
    }
    for (int i = MASK + 1; i < s.node.inputs().size(); i++) {
      if (s.operand(i) != null) {
        throw new Refusal("a cache of keys and values (input " + i + ") is not supported");
      }
    }
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < MASK; i++) {
      inputs.add(tokens(s, i));
    }
    ScaledDotProductAttention layer =
        new ScaledDotProductAttention(heads)
            .scale(s.attributes().real("scale", 0))
            .causal(s.attributes().number("is_causal", 0) != 0);
    long[] query = s.dims(0);
    long[] value = s.dims(2);
    long keys = value[value.length - 2];
    String made = attention(s, layer, inputs, query[query.length - 2], keys);
    if (!apart) {
      s.out(made, query[0], query[1], value[2]);
      return;
    }
    String tokens = s.parts.reshape(made, Shape.of(query[2], heads, value[3]));
    String out = ShapeRules.permuted(s, tokens, List.of(1, 0, 2));
    s.out(out, query[0], heads, query[2], value[3]);
  }

  private static int heads(Site s, String attribute, int input, boolean apart) {
    return Math.toIntExact(apart ? s.dims(input)[1] : s.attributes().number(attribute, 0));
  }

  private static String tokens(Site s, int i) {
    Value x = s.value(i);
    String sample = s.samples(x).node();
    long[] d = x.dims();
    if (d.length == 3) {
      return sample;
    }
    if (d.length != 4) {
      throw new Refusal("its input of " + d.length + " dimensions is not a token sequence");
    }
    String turned = ShapeRules.permuted(s, sample, List.of(1, 0, 2));
    return s.parts.reshape(turned, Shape.of(d[2], d[1] * d[3]));
  }

  private static String attention(
      Site s, ScaledDotProductAttention layer, List<String> inputs, long queries, long keys) {
    Operand mask = s.operand(MASK);
    if (mask == null) {
      return s.layer(layer, inputs.toArray(String[]::new));
    }
    if (!(mask instanceof Const c)) {
      if (!Types.isFloat(mask.type()) || mask.rank() != 4) {
        throw new Refusal("its mask must be a constant, or have type float and 4 dimensions");
      }
      inputs.add(s.samples((Value) mask).node());
      return s.layer(layer, inputs.toArray(String[]::new));
    }
    long[] dims = Dims.padded(c.dims(), 4);
    if (dims[0] != 1) {
      throw new Refusal("its mask differs from sample to sample");
    }
    Const each = Index.broadcast(c, new long[] {1, dims[1], queries, keys}); // of one sample
    s.lowering().work().add(each.elements());
    float[] values = each.floats().clone();
    boolean keeps = c.type() == Types.BOOL;
    for (int i = 0; i < values.length; i++) {
      float added = !keeps ? values[i] : values[i] == 0 ? -Float.MAX_VALUE : 0;
      values[i] = Math.max(added, -Float.MAX_VALUE);
    }
    return s.layer(
        layer.biasHeads(Math.toIntExact(dims[1])),
        Map.of("bias", values),
        inputs.toArray(String[]::new));
  }
}
