package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reference implementations of layers without parameters, made of their two passes. */
final class PlainReferences {
  private PlainReferences() {}

  /** Returns the reference implementation of a layer with several inputs and no parameters. */
  static LayerReference merge(
      Function<List<NdArray>, NdArray> forward,
      BiFunction<List<NdArray>, NdArray, List<NdArray>> backward) {
    return new LayerReference() {
      @Override
      public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
        return forward.apply(inputs);
      }

      @Override
      public LayerReference.Gradients backward(
          List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
        return new LayerReference.Gradients(backward.apply(inputs, gradOutput), Map.of());
      }
    };
  }

  /** Forward pass of a layer with one input. */
  interface Forward {
    NdArray apply(NdArray input);
  }

  /**
   * Backward pass of a layer with one input: computes the input's gradient from the input and the
   * output's gradient.
   */
  interface Backward {
    NdArray apply(NdArray input, NdArray gradOutput);
  }

  /** Returns the reference implementation of a layer with one input and no parameters. */
  static LayerReference unary(Forward forward, Backward backward) {
    return new LayerReference() {
      @Override
      public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
        return forward.apply(inputs.get(0));
      }

      @Override
      public LayerReference.Gradients backward(
          List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
        return LayerReference.Gradients.ofInput(backward.apply(inputs.get(0), gradOutput));
      }
    };
  }
}
