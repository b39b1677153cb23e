package dev.quern.peers;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's description in another library's terms: a method for each layer that the measured
 * networks consist of, so that Quern's {@link dev.quern.network.Networks} stay the only definition.
 *
 * @param <T> what the library calls a layer's output, or the layer
 */
public interface Translation<T> {
  /**
   * A layer in its place.
   *
   * @param inputs what the layers that feed it were translated to
   * @param input the first input's shape, without the batch
   * @param output the output's shape, without the batch
   */
  record Place<T>(String name, List<T> inputs, Shape input, Shape output) {
    public T value() {
      return inputs.get(0);
    }

    public int channelsIn() {
      return Math.toIntExact(input.dim(0));
    }

    public int channelsOut() {
      return Math.toIntExact(output.dim(0));
    }
  }

  T conv2d(Place<T> at, Conv2d conv);

  T batchNorm2d(Place<T> at, BatchNorm2d norm);

  T relu(Place<T> at);

  /** {@code min(max(x, 0), 6)}. */
  default T relu6(Place<T> at) {
    throw new UnsupportedOperationException("layer " + at.name() + " has no translation: Relu6");
  }

  default T dropout(Place<T> at, Dropout dropout) {
    throw new UnsupportedOperationException("layer " + at.name() + " has no translation: Dropout");
  }

  T maxPool2d(Place<T> at, MaxPool2d pool);

  /** The mean over height and width: {@code [N, C, H, W]} to {@code [N, C, 1, 1]}. */
  T globalMean(Place<T> at);

  T flatten(Place<T> at);

  T linear(Place<T> at, Linear linear);

  T add(Place<T> at);

  /** All layers in order, {@code input} being the network's input; returns the last one's value. */
  default T translate(Network network, T input) {
    Map<String, Shape> shapes = network.shapes();
    Map<String, T> values = new HashMap<>();
    values.put(Network.INPUT, input);
    T last = input;
    for (Network.Node node : network.nodes()) {
      List<T> inputs = new ArrayList<>();
      node.inputs().forEach(name -> inputs.add(values.get(name)));
      Shape in = shapes.get(node.inputs().get(0));
      last = layer(new Place<>(node.name(), inputs, in, shapes.get(node.name())), node.layer());
      values.put(node.name(), last);
    }
    return last;
  }

  private T layer(Place<T> at, Layer layer) {
    if (layer instanceof Conv2d conv
        && conv.dilation().equals(Size.of(1))
        && conv.paddings().equals(Sides.of(conv.padding()))) {
      return conv2d(at, conv);
    } else if (layer instanceof BatchNorm2d norm) {
      return batchNorm2d(at, norm);
    } else if (layer instanceof Relu) {
      return relu(at);
    } else if (layer instanceof Relu6) {
      return relu6(at);
    } else if (layer instanceof Dropout dropout) {
      return dropout(at, dropout);
    } else if (layer instanceof MaxPool2d pool
        && pool.dilation().equals(Size.of(1))
        && pool.sides() == null
        && !pool.ceilMode()) {
      return maxPool2d(at, pool);
    } else if (layer instanceof AvgPool2d pool
        && pool.kernel().height() == at.input().dim(1)
        && pool.kernel().width() == at.input().dim(2)
        && pool.paddings().equals(Sides.of(Size.of(0)))) {
      return globalMean(at);
    } else if (layer instanceof AdaptiveAvgPool2d pool && pool.outputSize().equals(Size.of(1))) {
      return globalMean(at);
    } else if (layer instanceof Flatten) {
      return flatten(at);
    } else if (layer instanceof Linear linear && linear.bias()) {
      return linear(at, linear);
    } else if (layer instanceof Add && at.inputs().size() == 2) {
      return add(at);
    }
    throw new UnsupportedOperationException("layer " + at.name() + " has no translation: " + layer);
  }
}
