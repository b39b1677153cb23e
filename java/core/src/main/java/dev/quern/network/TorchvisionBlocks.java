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
import dev.quern.layer.math.Multiply;
import dev.quern.tensor.Shape;

/**
 * Network builder with the layer groups that torchvision's networks share, under torchvision's
 * names.
 */
final class TorchvisionBlocks {
  final NetworkBuilder net;

  private final BatchNorm2d norm;
  private int channels;

  TorchvisionBlocks(String name, Shape input) {
    this(name, input, new BatchNorm2d());
  }

  /** Creates a builder whose batch normalization has the settings of {@code norm}. */
  TorchvisionBlocks(String name, Shape input, BatchNorm2d norm) {
    net = Network.builder(name, input);
    this.norm = norm;
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

  TorchvisionBlocks conv(String name, int width, int kernel, int stride, int groups) {
    net.add(
        name,
        new Conv2d(width, kernel).stride(stride).padding(kernel / 2).groups(groups).bias(false));
    channels = width;
    return this;
  }

  TorchvisionBlocks norm(String name) {
    net.add(name, norm);
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

  /**
   * Adds squeeze-and-excitation: a factor for each channel, computed from the means of all
   * channels. Hu, Shen and Sun, 2018.
   *
   * @param width the number of channels of the hidden layer
   * @param gate the activation that computes the factors
   */
  TorchvisionBlocks squeezeAndExcitation(String name, int width, Layer activation, Layer gate) {
    String from = net.last();
    then(name + ".avgpool", new AdaptiveAvgPool2d(1))
        .then(name + ".fc1", new Conv2d(width, 1))
        .then(name + ".activation", activation)
        .then(name + ".fc2", new Conv2d(channels, 1))
        .then(name + ".scale_activation", gate);
    net.add(name + ".multiply", new Multiply(), from, net.last());
    return this;
  }

  /**
   * Adds a 1x1 convolution and batch normalization after the layer {@code from} if the block
   * changes the number of channels, height or width, and returns the shortcut's last layer.
   *
   * @param before the number of channels of {@code from}
   */
  String shortcut(String name, String from, int before, int stride) {
    if (stride == 1 && before == channels) {
      return from;
    }
    net.add(name + ".0", new Conv2d(channels, 1).stride(stride).bias(false), from);
    norm(name + ".1");
    return name + ".1";
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

  /** Adds global average pooling and a layer that flattens the result. */
  TorchvisionBlocks pooled() {
    return then("avgpool", new AdaptiveAvgPool2d(1)).then("flatten", new Flatten());
  }
}
