package dev.quern.reference.network;

import dev.quern.layer.recurrent.Recurrent;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.RecurrentReference;
import java.util.List;
import java.util.Map;

/** Reference implementation of a recurrent layer as a network layer. */
record RecurrentLayerReference(Recurrent layer) implements LayerReference {
  @Override
  public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
    return RecurrentReference.forward(layer, inputs.get(0), state);
  }

  @Override
  public Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
    RecurrentReference.Gradients g =
        RecurrentReference.backward(layer, inputs.get(0), state, gradOutput);
    return new Gradients(List.of(g.input()), g.weights());
  }
}
