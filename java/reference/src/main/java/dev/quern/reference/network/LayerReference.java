package dev.quern.reference.network;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.BatchNorm2dReference;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.reference.layer.ConvTranspose2dReference;
import dev.quern.reference.layer.DeformConv2dReference;
import dev.quern.reference.layer.DropoutReference;
import dev.quern.reference.layer.LinearReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reference implementation of a layer as a node of a network: any number of inputs, one output, and
 * parameters by name.
 */
interface LayerReference {
  /**
   * Gradients of a layer.
   *
   * @param inputs gradients with respect to the inputs, in order
   * @param parameters gradients of the parameters by their names in the layer
   */
  record Gradients(List<NdArray> inputs, Map<String, NdArray> parameters) {
    static Gradients ofInput(NdArray gradInput) {
      return new Gradients(List.of(gradInput), Map.of());
    }
  }

  /**
   * Returns the output.
   *
   * @param state parameters and buffers by their names in the layer
   * @param training whether layers such as dropout behave as in training
   */
  NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training);

  Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training);

  /**
   * Returns this reference implementation with the random numbers of a training step, if the layer
   * uses any.
   *
   * @param layer the layer's position in the network, from 0
   */
  default LayerReference random(long seed, long step, int layer) {
    return this;
  }

  /** Returns the reference implementation of a layer. */
  static LayerReference of(Layer layer) {
    return LayerReferences.of(layer);
  }

  /** Reference implementation of batch normalization with weight, bias and running statistics. */
  record OfBatchNorm2d(BatchNorm2d layer) implements LayerReference {
    private BatchNorm2dReference.Statistics statistics(
        NdArray input, Map<String, NdArray> state, boolean training) {
      return training
          ? BatchNorm2dReference.ofBatch(layer, input)
          : new BatchNorm2dReference.Statistics(
              state.get("running_mean"), state.get("running_var"));
    }

    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      NdArray input = inputs.get(0);
      return BatchNorm2dReference.forward(
          layer, input, state.get("weight"), state.get("bias"), statistics(input, state, training));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      BatchNorm2dReference.Gradients g =
          BatchNorm2dReference.backward(
              layer,
              input,
              state.get("weight"),
              statistics(input, state, training),
              gradOutput,
              training);
      return new Gradients(List.of(g.input()), Map.of("weight", g.weight(), "bias", g.bias()));
    }
  }

  /** Reference implementation of a convolution with weight and bias. */
  record OfConv2d(Conv2d layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return Conv2dReference.forward(layer, inputs.get(0), state.get("weight"), state.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", Conv2dReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        gradients.put("bias", Conv2dReference.backwardBias(gradOutput));
      }
      return new Gradients(
          List.of(
              Conv2dReference.backwardData(layer, gradOutput, state.get("weight"), input.shape())),
          gradients);
    }
  }

  /**
   * Reference implementation of a custom layer: runs the layer with the shapes stored in the
   * network.
   */
  record OfCustomLayer(CustomLayer layer, Network.Facts facts) implements LayerReference {
    private CustomLayer.Forward pass(NdArray input, Map<String, NdArray> state, boolean training) {
      CustomLayer.Forward pass =
          CustomLayer.Forward.of(
              facts.input(), facts.output(), facts.parameters(), input.dim(0), training);
      System.arraycopy(input.values(), 0, pass.input(), 0, input.size());
      pass.parameters()
          .forEach(
              (name, values) ->
                  System.arraycopy(state.get(name).values(), 0, values, 0, values.length));
      layer.forward(pass);
      return pass;
    }

    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      CustomLayer.Forward pass = pass(inputs.get(0), state, training);
      return NdArray.of(pass.outputShape().batch(pass.samples()), pass.output());
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      CustomLayer.Backward pass = CustomLayer.Backward.of(pass(inputs.get(0), state, training));
      System.arraycopy(gradOutput.values(), 0, pass.gradOutput(), 0, gradOutput.size());
      layer.backward(pass);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      pass.gradients()
          .forEach((name, g) -> gradients.put(name, NdArray.of(state.get(name).shape(), g)));
      return new Gradients(List.of(NdArray.of(inputs.get(0).shape(), pass.gradInput())), gradients);
    }
  }

  /** Reference implementation of dropout of elements or of whole channels. */
  record OfDropout(float p, DropoutReference.Unit unit, long key) implements LayerReference {
    OfDropout(float p, DropoutReference.Unit unit) {
      this(p, unit, 0);
    }

    @Override
    public LayerReference random(long seed, long step, int layer) {
      return new OfDropout(p, unit, DropoutReference.key(seed, step, layer));
    }

    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return pass(inputs.get(0), training);
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      return Gradients.ofInput(pass(gradOutput, training));
    }

    private NdArray pass(NdArray x, boolean training) {
      return training ? DropoutReference.apply(p, unit, key, x) : x;
    }
  }

  /** Reference implementation of a transposed convolution with weight and bias. */
  record OfConvTranspose2d(ConvTranspose2d layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return ConvTranspose2dReference.forward(
          layer, inputs.get(0), state.get("weight"), state.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", ConvTranspose2dReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        gradients.put("bias", ConvTranspose2dReference.backwardBias(gradOutput));
      }
      return new Gradients(
          List.of(
              ConvTranspose2dReference.backwardData(
                  layer, gradOutput, state.get("weight"), input.shape())),
          gradients);
    }
  }

  /** Reference implementation of a deformable convolution with weight and bias. */
  record OfDeformConv2d(DeformConv2d layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return DeformConv2dReference.forward(layer, inputs, state.get("weight"), state.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      DeformConv2dReference.Gradients g =
          DeformConv2dReference.backward(layer, inputs, state.get("weight"), gradOutput);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", g.weight());
      if (layer.bias()) {
        gradients.put("bias", g.bias());
      }
      return new Gradients(g.inputs(), gradients);
    }
  }

  /** Reference implementation of a linear layer with weight and bias. */
  record OfLinear(Linear layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
      return LinearReference.forward(layer, inputs.get(0), state.get("weight"), state.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
      NdArray input = inputs.get(0);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", LinearReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        gradients.put("bias", LinearReference.backwardBias(gradOutput));
      }
      return new Gradients(
          List.of(
              LinearReference.backwardData(layer, gradOutput, state.get("weight"), input.shape())),
          gradients);
    }
  }
}
