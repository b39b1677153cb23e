package dev.quern.network;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;

/**
 * Network builder with the layer groups that torchvision's networks share, under torchvision's
 * names.
 */
final class TorchvisionBlocks {
  final NetworkBuilder net;

  private int channels;

  TorchvisionBlocks(String name, Shape input) {
    net = Network.builder(name, input);
  }

  /** Returns the number of output channels of the convolution added last. */
  int channels() {
    return channels;
  }

  /**
   * Adds a convolution without bias. A convolution with stride 1 keeps height and width.
   *
   * @param width the number of output channels
   */
  TorchvisionBlocks conv(String name, int width, int kernel, int stride) {
    return conv(name, width, kernel, stride, 1);
  }

  private TorchvisionBlocks conv(String name, int width, int kernel, int stride, int groups) {
    net.add(
        name,
        new Conv2d(width, kernel).stride(stride).padding(kernel / 2).groups(groups).bias(false));
    channels = width;
    return this;
  }

  TorchvisionBlocks norm(String name) {
    net.add(name, new BatchNorm2d());
    return this;
  }

  TorchvisionBlocks then(String name, Layer layer) {
    net.add(name, layer);
    return this;
  }

  /** Adds the max pooling of a stem: 3x3 with stride 2. */
  TorchvisionBlocks pool(String name) {
    return then(name, new MaxPool2d(3).stride(2).padding(1));
  }

  /**
   * Adds convolution, batch normalization and activation, named {@code name.0}, {@code name.1} and
   * {@code name.2}.
   */
  TorchvisionBlocks convNorm(String name, int width, int kernel, int stride, Layer activation) {
    return conv(name + ".0", width, kernel, stride).norm(name + ".1").then(name + ".2", activation);
  }

  /**
   * Adds a depthwise convolution, batch normalization and activation, named {@code name.0}, {@code
   * name.1} and {@code name.2}.
   */
  TorchvisionBlocks depthwise(String name, int kernel, int stride, Layer activation) {
    return conv(name + ".0", channels, kernel, stride, channels)
        .norm(name + ".1")
        .then(name + ".2", activation);
  }

  /** Adds the sum of the layer added last and the layer {@code from}. */
  TorchvisionBlocks add(String name, String from) {
    net.add(name, new Add(), net.last(), from);
    return this;
  }

  /**
   * Adds global average pooling and a linear layer, and builds the network. Height and width may be
   * dynamic.
   */
  Network head(String name, int classes) {
    return pooled().then(name, new Linear(classes)).net.build();
  }

  /**
   * Adds global average pooling, dropout and a linear layer, and builds the network. Height and
   * width may be dynamic.
   *
   * @param p the dropout probability
   */
  Network classifier(float p, int classes) {
    pooled().then("classifier.0", new Dropout(p));
    return then("classifier.1", new Linear(classes)).net.build();
  }

  private TorchvisionBlocks pooled() {
    return then("avgpool", new AdaptiveAvgPool2d(1)).then("flatten", new Flatten());
  }
}
