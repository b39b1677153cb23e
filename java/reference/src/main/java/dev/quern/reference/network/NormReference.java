package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import dev.quern.reference.layer.NormGradients;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reference implementation of layer or group normalization as a node of a network, with optional
 * weight and bias.
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
