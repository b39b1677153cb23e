package dev.quern.reference.network;

import dev.quern.layer.Layer1d;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reference implementation of a one-dimensional layer: runs the two-dimensional reference
 * implementation on images of height 1.
 */
record Layer1dReference(Layer1d layer, LayerReference twin) implements LayerReference {
  Layer1dReference(Layer1d layer) {
    this(layer, LayerReference.of(layer.as2d()));
  }

  @Override
  public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
    NdArray input = inputs.get(0);
    return twin.forward(List.of(image(input)), weights(state), training).reshape(output(input));
  }

  @Override
  public Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
    NdArray input = inputs.get(0);
    Checks.shape(layer.type(), "grad_output", gradOutput, output(input));
    Gradients g = twin.backward(List.of(image(input)), weights(state), image(gradOutput), training);
    Map<String, NdArray> parameters = new LinkedHashMap<>();
    g.parameters().forEach((name, of) -> parameters.put(name, of.reshape(state.get(name).shape())));
    return new Gradients(List.of(g.inputs().get(0).reshape(input.shape())), parameters);
  }

  private Shape output(NdArray input) {
    return Checks.batchOutput(layer, input.shape());
  }

  private NdArray image(NdArray signals) {
    return signals.reshape(layer.image(signals.shape().sample()).batch(signals.dim(0)));
  }

  /** Returns the weights of convolutions, {@code [out, in, k]}, reshaped to a height of 1. */
  private static Map<String, NdArray> weights(Map<String, NdArray> state) {
    Map<String, NdArray> all = new LinkedHashMap<>();
    state.forEach(
        (name, w) ->
            all.put(
                name, w.rank() == 3 ? w.reshape(Shape.of(w.dim(0), w.dim(1), 1, w.dim(2))) : w));
    return all;
  }
}
