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
    Value query = heads(l, n, 0, false);
    Value key = heads(l, n, 1, true);
    Value value = heads(l, n, 2, false);
    Value scores = ActivationForms.scaled(n.op("MatMul", query, key), "scale", scale, n);
    if (l.biasHeads() > 0) {
      scores = n.op("Add", scores, bias(l, n));
    }
    if (n.inputs().size() > 3) {
      scores = n.op("Add", scores, mask(l, n));
    }
    if (l.causal()) {
      scores = n.op("Add", scores, causal(l, n));
    }
    Value weights = n.op("Softmax", scores).with("axis", -1L);
    Value made = n.op("MatMul", weights, value);
    if (l.windows() == 1) {
      return n.reshape(n.op("Transpose", made).with("perm", 0, 2, 1, 3), 0, features(n, 2));
    }
    Value tokens = n.op("Transpose", made).with("perm", 0, 1, 3, 2, 4);
    return n.reshape(tokens, n.shape().dim(0), features(n, 2));
  }

  private static long features(NodeWriter n, int input) {
    return n.shapes().get(input).dim(1);
  }

  /**
   * Writes an input of attention as one matrix per head of each window.
   *
   * @param turned whether the matrices are transposed
   */
  private static Value heads(ScaledDotProductAttention l, NodeWriter n, int input, boolean turned) {
    Value tokens = n.inputs().get(input);
    long depth = features(n, input) / l.heads();
    if (l.windows() == 1) { // 0 keeps the number of tokens
      Value apart = n.op("Transpose", n.reshape(tokens, 0, l.heads(), depth));
      return turned ? apart.with("perm", 0, 2, 3, 1) : apart.with("perm", 0, 2, 1, 3);
    }
    long length = n.shapes().get(input).dim(0) / l.windows();
    Value apart = n.op("Transpose", n.reshape(tokens, l.windows(), length, l.heads(), depth));
    return turned ? apart.with("perm", 0, 1, 3, 4, 2) : apart.with("perm", 0, 1, 3, 2, 4);
  }

  private static Value bias(ScaledDotProductAttention l, NodeWriter n) {
    Value bias = n.weight("bias");
    if (l.biasHeads() <= l.heads()) {
      return bias;
    }
    long queries = n.shape().dim(0) / l.windows();
    long keys = n.shapes().get(1).dim(0) / l.windows();
    return n.op("Reshape", bias, n.longs("windows", l.windows(), l.heads(), queries, keys));
  }

  private static Value mask(ScaledDotProductAttention l, NodeWriter n) {
    Value mask = n.inputs().get(3);
    Shape shape = n.shapes().get(3);
    if (l.windows() > 1) {
      return n.reshape(mask, l.windows(), l.heads(), shape.dim(1), shape.dim(2));
    }
    return shape.rank() == 2 ? n.unsqueeze(mask, 1) : mask;
  }

  private static Value causal(ScaledDotProductAttention l, NodeWriter n) {
    Shape query = n.shape();
    Shape key = n.shapes().get(1);
    if (query.isFree(0) || key.isFree(0)) {
      throw new Refusal("a causal mask requires a fixed number of tokens");
    }
    Shape mask = Shape.of(query.dim(0) / l.windows(), key.dim(0) / l.windows());
    float[] values = new float[Math.toIntExact(mask.elements())];
    int keys = Math.toIntExact(mask.dim(1));
    for (int i = 0; i < values.length; i++) {
      values[i] = i % keys > i / keys ? Float.NEGATIVE_INFINITY : 0;
    }
    return n.floats("causal", mask, values);
  }
}
