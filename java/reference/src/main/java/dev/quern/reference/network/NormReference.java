package dev.quern.reference.network;

import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.GroupNormReference;
import dev.quern.reference.layer.LayerNormReference;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.RmsNormReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reference implementation of layer, group or root mean square normalization as a node of a
 * network, with optional weight and bias.
 */
record NormReference(Forward forward, Backward backward) implements LayerReference {
  /** Forward pass; weight and bias may be null. */
  interface Forward {
    NdArray apply(NdArray input, NdArray weight, NdArray bias);
  }

  /** Backward pass; the weight may be null. */
  interface Backward {
    NormGradients apply(NdArray input, NdArray weight, NdArray gradOutput);
  }

  static NormReference of(GroupNorm norm) {
    return new NormReference(
        (x, w, b) -> GroupNormReference.forward(norm, x, w, b),
        (x, w, dy) -> GroupNormReference.backward(norm, x, w, dy));
  }

  static NormReference of(LayerNorm norm) {
    return new NormReference(
        (x, w, b) -> LayerNormReference.forward(norm, x, w, b),
        (x, w, dy) -> LayerNormReference.backward(norm, x, w, dy));
  }

  static NormReference of(RmsNorm norm) {
    return new NormReference(
        (x, w, b) -> RmsNormReference.forward(norm, x, w),
        (x, w, dy) -> RmsNormReference.backward(norm, x, w, dy));
  }

  @Override
  public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
    return forward.apply(inputs.get(0), state.get("weight"), state.get("bias"));
  }

  @Override
  public Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
    NormGradients g = backward.apply(inputs.get(0), state.get("weight"), gradOutput);
    Map<String, NdArray> gradients = new LinkedHashMap<>();
    if (g.weight() != null) {
      gradients.put("weight", g.weight());
    }
    if (g.bias() != null) {
      gradients.put("bias", g.bias());
    }
    return new Gradients(List.of(g.input()), gradients);
  }
}
