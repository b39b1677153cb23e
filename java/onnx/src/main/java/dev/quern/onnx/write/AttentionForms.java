package dev.quern.onnx.write;

import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;

/**
 * The ONNX form of attention, decomposed: runtimes recognize two MatMul with a Softmax between them
 * in any opset.
 */
final class AttentionForms {
  private AttentionForms() {}

  static void addTo(LayerForms forms) {
    forms.add(ScaledDotProductAttention.class, AttentionForms::attention);
  }

  private static Value attention(ScaledDotProductAttention l, NodeWriter n) {
    long depth = n.shape().dim(1) / l.heads();
    double scale = l.scale() == 0 ? 1 / Math.sqrt(depth) : l.scale();
    Value query = heads(l, n, 0, 0, 2, 1, 3);
    Value key = heads(l, n, 1, 0, 2, 3, 1);
    Value value = heads(l, n, 2, 0, 2, 1, 3);
    Value scores = ActivationForms.scaled(n.op("MatMul", query, key), "scale", scale, n);
    if (l.biasHeads() > 0) {
      scores = n.op("Add", scores, n.weight("bias"));
    }
    if (n.inputs().size() > 3) {
      Value mask = n.inputs().get(3);
      boolean one = n.shapes().get(3).rank() == 2;
      scores = n.op("Add", scores, one ? n.unsqueeze(mask, 1) : mask);
    }
    if (l.causal()) {
      scores = n.op("Add", scores, causal(n));
    }
    Value weights = n.op("Softmax", scores).with("axis", -1L);
    Value heads = n.op("Transpose", n.op("MatMul", weights, value)).with("perm", 0, 2, 1, 3);
    return n.reshape(heads, 0, n.shapes().get(2).dim(1));
  }

  /** Writes an input of attention as one matrix per head, permuted by {@code perm}. */
  private static Value heads(ScaledDotProductAttention l, NodeWriter n, int input, long... perm) {
    long depth = n.shapes().get(input).dim(1) / l.heads();
    return n.op("Transpose", n.reshape(n.inputs().get(input), 0, l.heads(), depth))
        .with("perm", perm);
  }

  private static Value causal(NodeWriter n) {
    Shape query = n.shape();
    Shape key = n.shapes().get(1);
    if (query.isFree(0) || key.isFree(0)) {
      throw new Refusal("a causal mask requires a fixed number of tokens");
    }
    Shape mask = Shape.of(query.dim(0), key.dim(0));
    float[] values = new float[Math.toIntExact(mask.elements())];
    int keys = Math.toIntExact(key.dim(0));
    for (int i = 0; i < values.length; i++) {
      values[i] = i % keys > i / keys ? Float.NEGATIVE_INFINITY : 0;
    }
    return n.floats("causal", mask, values);
  }
}
