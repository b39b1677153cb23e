package dev.quern.network;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * Network builder with the layer groups that the built-in networks with batch normalization share.
 */
final class Blocks {
  final NetworkBuilder net;

  Blocks(String name, Shape input) {
    net = Network.builder(name, input);
  }

  /**
   * Adds a convolution without bias, named {@code name.conv}. A convolution with stride 1 keeps
   * height and width.
   *
   * @param width the number of output channels
   */
  Blocks conv(String name, int width, int kernel, int stride) {
    net.add(
        name + ".conv", new Conv2d(width, kernel).stride(stride).padding(kernel / 2).bias(false));
    return this;
  }

  Blocks norm(String name) {
    net.add(name + ".bn", new BatchNorm2d());
    return this;
  }

  Blocks relu(String name) {
    net.add(name + ".relu", new Relu());
    return this;
  }

  Blocks convNorm(String name, int width, int kernel, int stride) {
    return conv(name, width, kernel, stride).norm(name);
  }

  /** Adds batch normalization, then ReLU; for pre-activation networks. */
  Blocks normRelu(String name) {
    return norm(name).relu(name);
  }

  /** Adds global average pooling and a linear layer, and builds the network. */
  Network head(int classes) {
    Shape last = net.build().output();
    return net.add("mean", new AvgPool2d(new Size((int) last.dim(1), (int) last.dim(2))))
        .add("flatten", new Flatten())
        .add("fc", new Linear(classes))
        .build();
  }
}
