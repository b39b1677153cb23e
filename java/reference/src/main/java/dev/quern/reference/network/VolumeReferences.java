package dev.quern.reference.network;

import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.Layer3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AvgPool3dReference;
import dev.quern.reference.layer.Conv3dReference;
import dev.quern.reference.layer.MaxPool3dReference;
import dev.quern.reference.support.Checks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reference implementations of three-dimensional layers. */
final class VolumeReferences {
  private VolumeReferences() {}

  static LayerReference of(Layer3d layer) {
    if (layer instanceof Conv3d conv) {
      return new OfConv3d(conv);
    }
    if (layer instanceof BatchNorm3d norm) {
      return new OfBatchNorm3d(norm, LayerReference.of(norm.as2d()));
    }
    if (layer instanceof MaxPool3d pool) {
      return PlainReferences.unary(
          x -> MaxPool3dReference.forward(pool, x),
          (x, dy) -> MaxPool3dReference.backward(pool, x, dy));
    }
    AvgPool3d pool = (AvgPool3d) layer;
    return PlainReferences.unary(
        x -> AvgPool3dReference.forward(pool, x),
        (x, dy) -> AvgPool3dReference.backward(pool, dy, x.shape()));
  }

  private record OfConv3d(Conv3d layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return Conv3dReference.forward(layer, inputs.get(0), state.get("weight"), state.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      NdArray weight = state.get("weight");
      Map<String, NdArray> parameters = new LinkedHashMap<>();
      parameters.put("weight", Conv3dReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        parameters.put("bias", Conv3dReference.backwardBias(gradOutput));
      }
      NdArray gradInput = Conv3dReference.backwardData(layer, gradOutput, weight, input.shape());
      return new Gradients(List.of(gradInput), parameters);
    }
  }

  /** Batch normalization of the image of all slices. */
  private record OfBatchNorm3d(BatchNorm3d layer, LayerReference twin) implements LayerReference {
    private NdArray image(NdArray volumes) {
      return volumes.reshape(layer.image(volumes.shape().sample()).batch(volumes.dim(0)));
    }

    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      NdArray input = inputs.get(0);
      NdArray output = twin.forward(List.of(image(input)), state, training);
      return output.reshape(input.shape());
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      Checks.shape(layer.type(), "grad_output", gradOutput, input.shape());
      Gradients g = twin.backward(List.of(image(input)), state, image(gradOutput), training);
      return new Gradients(List.of(g.inputs().get(0).reshape(input.shape())), g.parameters());
    }
  }
}
