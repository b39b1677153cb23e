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

/** A network in the making, and the steps that torchvision's networks share, under its names. */
final class TorchvisionBlocks {
  final NetworkBuilder net;

  private int channels;

  TorchvisionBlocks(String name, Shape input) {
    net = Network.builder(name, input);
  }

  /** Channels of the convolution or block added last. */
  int channels() {
    return channels;
  }

  /** A convolution that keeps height and width but for the stride, without a bias. */
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

  /** The pooling after stems. */
  TorchvisionBlocks pool(String name) {
    return then(name, new MaxPool2d(3).stride(2).padding(1));
  }

  /** Convolution, normalization and activation, called 0, 1 and 2. */
  TorchvisionBlocks convNorm(String name, int width, int kernel, int stride, Layer activation) {
    return conv(name + ".0", width, kernel, stride).norm(name + ".1").then(name + ".2", activation);
  }

  /** The same with a convolution of each channel by itself. */
  TorchvisionBlocks depthwise(String name, int kernel, int stride, Layer activation) {
    return conv(name + ".0", channels, kernel, stride, channels)
        .norm(name + ".1")
        .then(name + ".2", activation);
  }

  /** The sum of the layer added last and an earlier one. */
  TorchvisionBlocks add(String name, String from) {
    net.add(name, new Add(), net.last(), from);
    return this;
  }

  /** The mean over height and width, whatever they are, then the classes. */
  Network head(String name, int classes) {
    return pooled().then(name, new Linear(classes)).net.build();
  }

  /** The same with a dropout before the classes. */
  Network classifier(float p, int classes) {
    pooled().then("classifier.0", new Dropout(p));
    return then("classifier.1", new Linear(classes)).net.build();
  }

  private TorchvisionBlocks pooled() {
    return then("avgpool", new AdaptiveAvgPool2d(1)).then("flatten", new Flatten());
  }
}
