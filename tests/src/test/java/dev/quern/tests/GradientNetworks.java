package dev.quern.tests;

import dev.quern.Network;
import dev.quern.Shape;
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
import dev.quern.layer.Size;
import dev.quern.layer.Softmax;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table of layers whose gradients are checked: small networks, each with the layer in its
 * middle, so that what it sends back arrives at weights before it. A new layer adds its lines.
 */
final class GradientNetworks {
  private GradientNetworks() {}

  static List<Network> all() {
    return Stream.of(
            Stream.of(conv2d()),
            Stream.of(pools()),
            Stream.of(
                onImages(new BatchNorm2d()),
                onImages(new BatchNorm2d(0.3f, 1e-2f)),
                onImages(new Relu()),
                onFeatures(new Relu()),
                onImages(new Softmax()),
                onFeatures(new Softmax()),
                onImages(new Flatten(), new Linear(5)),
                onFeatures(new Linear(7)),
                onFeatures(new Linear(6, false)),
                merging(new Add(), 4, 4),
                merging(new Concat(), 4, 4),
                merging(new Concat(), 3, 5, 1)))
        .flatMap(s -> s)
        .toList();
  }

  private static Network[] conv2d() {
    return new Network[] {
      onImages(new Conv2d(5, 3)),
      onImages(new Conv2d(3, 1).bias(false)),
      onImages(new Conv2d(4, new Size(2, 3)).stride(new Size(2, 1)).padding(new Size(0, 2))),
      onImages(new Conv2d(3, 3).dilation(new Size(1, 2)).padding(1)),
      onImages(new Conv2d(6, 3).groups(2).padding(1)),
      onImages(new Conv2d(8, 3).groups(4).stride(2).padding(1).bias(false))
    };
  }

  private static Network[] pools() {
    return new Network[] {
      onImages(new MaxPool2d(2)),
      onImages(new MaxPool2d(3).stride(2).padding(1).ceilMode(true)),
      onImages(new MaxPool2d(2).stride(1).dilation(2)),
      onImages(new AvgPool2d(2)),
      onImages(new AvgPool2d(3).stride(2).padding(1).ceilMode(true)),
      onImages(
          new AvgPool2d(new Size(3, 2)).stride(1).padding(new Size(1, 0)).countIncludePad(false))
    };
  }

  /** Behind a convolution that makes 4x7x6 of 3x7x6. */
  private static Network onImages(Layer... layers) {
    Network.Builder b = Network.builder(List.of(layers).toString(), Shape.of(3, 7, 6));
    b.add("before", new Conv2d(4, 3).padding(1));
    return head(b, layers);
  }

  /** Behind a linear layer of 6 outputs. */
  private static Network onFeatures(Layer... layers) {
    Network.Builder b = Network.builder(List.of(layers) + " on features", Shape.of(5));
    b.add("before", new Linear(6));
    return head(b, layers);
  }

  private static Network head(Network.Builder b, Layer... layers) {
    for (Layer layer : layers) {
      b.add(layer);
    }
    if (b.build().output().rank() > 1) {
      b.add("flat", new Flatten());
    }
    return b.add("after", new Linear(3)).build();
  }

  /** Behind convolutions of the input, one of so many channels for each input. */
  private static Network merging(Layer layer, int... channels) {
    Network.Builder b = Network.builder(layer + " of " + channels.length, Shape.of(2, 5, 4));
    String[] inputs = new String[channels.length];
    for (int i = 0; i < channels.length; i++) {
      inputs[i] = "before" + i;
      b.add(inputs[i], new Conv2d(channels[i], 3).padding(1), Network.INPUT);
    }
    b.add("merge", layer, inputs);
    return head(b);
  }
}
