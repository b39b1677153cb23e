package dev.quern.reference.network;

import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.ScaledDotProductAttentionReference;
import java.util.List;
import java.util.Map;

/**
 * Reference implementation of attention as a network layer; the additive mask is a fourth input or
 * a parameter.
 */
record AttentionReference(ScaledDotProductAttention layer) implements LayerReference {
  @Override
  public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
    return ScaledDotProductAttentionReference.forward(layer, inputs, state.get("bias"));
  }

  @Override
  public Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
    ScaledDotProductAttentionReference.Gradients g =
        ScaledDotProductAttentionReference.backward(layer, inputs, state.get("bias"), gradOutput);
    return new Gradients(g.inputs(), g.bias() == null ? Map.of() : Map.of("bias", g.bias()));
  }
}
