package dev.quern.network;

import dev.quern.error.ShapeException;
import dev.quern.init.Whitening;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Gelu;
import dev.quern.tensor.Shape;

/** An eight-layer network for fast training on CIFAR-10. */
final class Speednet {
  private final NetworkBuilder net;

  private Speednet(Shape input) {
    net = Network.builder("speednet", input);
  }

  /**
   * Returns the network: a whitening layer, then three groups of two convolutions, with max pooling
   * after the first convolution of each group.
   */
  static Network of(Shape input, int classes) {
    if (input.rank() != 3 || input.dim(0) > Whitening.MAX_CHANNELS) {
      throw new ShapeException(
          "network speednet: input "
              + input
              + " must be [C, H, W] with at most "
              + Whitening.MAX_CHANNELS
              + " channels (layer whiten)");
    }
    Speednet s = new Speednet(input);
    int filters = Whitening.filters((int) input.dim(0));
    s.net.add("whiten", new Conv2d(filters, Whitening.KERNEL)).add("whiten.gelu", new Gelu());
    int[] widths = {64, 256, 256};
    for (int i = 0; i < widths.length; i++) {
      String group = "group" + (i + 1);
      s.conv(group + ".1", widths[i]);
      s.net.add(group + ".pool", new MaxPool2d(2));
      s.normGelu(group + ".1");
      s.conv(group + ".2", widths[i]);
      s.normGelu(group + ".2");
    }
    return s.net
        .add("pool", new MaxPool2d(3))
        .add("flatten", new Flatten())
        .add("fc", new Linear(classes, false))
        .build();
  }

  private void conv(String name, int width) {
    net.add(name + ".conv", new Conv2d(width, 3).padding(1).bias(false));
  }

  /**
   * Adds batch normalization and GELU. The momentum is high, so that running statistics converge
   * within a few epochs.
   */
  private void normGelu(String name) {
    net.add(name + ".bn", new BatchNorm2d(0.4f, 1e-12f)).add(name + ".gelu", new Gelu());
  }
}
