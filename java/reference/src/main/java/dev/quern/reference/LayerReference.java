package dev.quern.reference;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Add;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Concat;
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
import java.util.function.BiFunction;
import java.util.function.Function;

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

  /**
   * The output.
   *
   * @param state parameters and buffers by their names in the layer
   * @param training whether the pass is one of training, where that makes a difference
   */
  NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training);

  Gradients backward(
      List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training);

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
    if (layer instanceof BatchNorm2d norm) {
      return new OfBatchNorm2d(norm);
    } else if (layer instanceof Add) {
      return merge(AddReference::forward, (x, dy) -> AddReference.backward(x.size(), dy));
    } else if (layer instanceof Concat) {
      return merge(
          ConcatReference::forward,
          (x, dy) -> ConcatReference.backward(x.stream().map(NdArray::shape).toList(), dy));
    }
    throw new InvalidArgumentException("reference: layer " + layer.type() + " has no twin");
  }

  /** A layer with several inputs and no parameters. */
  private static LayerReference merge(
      Function<List<NdArray>, NdArray> forward,
      BiFunction<List<NdArray>, NdArray, List<NdArray>> backward) {
    return new LayerReference() {
      @Override
      public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
        return forward.apply(inputs);
      }

      @Override
      public Gradients backward(
          List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
        return new Gradients(backward.apply(inputs, gradOutput), Map.of());
      }
    };
  }

  /** Batch normalisation with its weight, bias and running statistics. */
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
      public NdArray forward(List<NdArray> inputs, Map<String, NdArray> state, boolean training) {
        return forward.apply(inputs.get(0));
      }

      @Override
      public Gradients backward(
          List<NdArray> inputs, Map<String, NdArray> state, NdArray gradOutput, boolean training) {
        return Gradients.ofInput(backward.apply(inputs.get(0), gradOutput));
      }
    };
  }

  /** A convolution with its weight and bias. */
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

  /** A linear layer with its weight and bias. */
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
