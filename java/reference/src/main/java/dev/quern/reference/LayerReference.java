package dev.quern.reference;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Softmax;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer's twin as a network calls it: any number of inputs, one output, parameters by their names
 * in the layer.
 */
interface LayerReference {
  /**
   * What flows back out of a layer.
   *
   * @param inputs the gradients of its inputs, in their order
   * @param parameters the gradients of its parameters by name
   */
  record Gradients(List<NdArray> inputs, Map<String, NdArray> parameters) {
    static Gradients ofInput(NdArray gradInput) {
      return new Gradients(List.of(gradInput), Map.of());
    }
  }

  NdArray forward(List<NdArray> inputs, Map<String, NdArray> parameters);

  Gradients backward(List<NdArray> inputs, Map<String, NdArray> parameters, NdArray gradOutput);

  /** The twin of a layer; the one place that knows them all. */
  static LayerReference of(Layer layer) {
    if (layer instanceof Conv2d conv) {
      return new OfConv2d(conv);
    } else if (layer instanceof Linear linear) {
      return new OfLinear(linear);
    } else if (layer instanceof MaxPool2d pool) {
      return unary(
          x -> MaxPool2dReference.forward(pool, x),
          (x, dy) -> MaxPool2dReference.backward(pool, x, dy));
    } else if (layer instanceof AvgPool2d pool) {
      return unary(
          x -> AvgPool2dReference.forward(pool, x),
          (x, dy) -> AvgPool2dReference.backward(pool, dy, x.shape()));
    } else if (layer instanceof Relu) {
      return unary(ReluReference::forward, ReluReference::backward);
    } else if (layer instanceof Flatten) {
      return unary(FlattenReference::forward, (x, dy) -> FlattenReference.backward(dy, x.shape()));
    } else if (layer instanceof Softmax) {
      return unary(
          SoftmaxReference::forward,
          (x, dy) -> SoftmaxReference.backward(SoftmaxReference.forward(x), dy));
    }
    throw new InvalidArgumentException("reference: layer " + layer.type() + " has no twin");
  }

  /** One input to one output. */
  interface Forward {
    NdArray apply(NdArray input);
  }

  /** The input's gradient from the input and the output's gradient. */
  interface Backward {
    NdArray apply(NdArray input, NdArray gradOutput);
  }

  /** A layer with one input and no parameters. */
  private static LayerReference unary(Forward forward, Backward backward) {
    return new LayerReference() {
      @Override
      public NdArray forward(List<NdArray> inputs, Map<String, NdArray> parameters) {
        return forward.apply(inputs.get(0));
      }

      @Override
      public Gradients backward(
          List<NdArray> inputs, Map<String, NdArray> parameters, NdArray gradOutput) {
        return Gradients.ofInput(backward.apply(inputs.get(0), gradOutput));
      }
    };
  }

  /** A convolution with its weight and bias. */
  record OfConv2d(Conv2d layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> parameters) {
      return Conv2dReference.forward(
          layer, inputs.get(0), parameters.get("weight"), parameters.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> parameters, NdArray gradOutput) {
      NdArray input = inputs.get(0);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", Conv2dReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        gradients.put("bias", Conv2dReference.backwardBias(gradOutput));
      }
      return new Gradients(
          List.of(
              Conv2dReference.backwardData(
                  layer, gradOutput, parameters.get("weight"), input.shape())),
          gradients);
    }
  }

  /** A linear layer with its weight and bias. */
  record OfLinear(Linear layer) implements LayerReference {
    @Override
    public NdArray forward(List<NdArray> inputs, Map<String, NdArray> parameters) {
      return LinearReference.forward(
          layer, inputs.get(0), parameters.get("weight"), parameters.get("bias"));
    }

    @Override
    public Gradients backward(
        List<NdArray> inputs, Map<String, NdArray> parameters, NdArray gradOutput) {
      NdArray input = inputs.get(0);
      Map<String, NdArray> gradients = new LinkedHashMap<>();
      gradients.put("weight", LinearReference.backwardWeights(layer, input, gradOutput));
      if (layer.bias()) {
        gradients.put("bias", LinearReference.backwardBias(gradOutput));
      }
      return new Gradients(
          List.of(
              LinearReference.backwardData(
                  layer, gradOutput, parameters.get("weight"), input.shape())),
          gradients);
    }
  }
}
