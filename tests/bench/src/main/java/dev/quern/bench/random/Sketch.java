package dev.quern.bench.random;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/** A network while it is drawn, with the blocks that families share. */
final class Sketch {
  final Draw draw;

  private final NetworkBuilder builder;
  private final Shape input;
  private int named;

  Sketch(String name, Draw draw, Shape input) {
    this.draw = draw;
    this.input = input;
    builder = Network.builder(name, input);
  }

  /** Adds a layer behind the last one, or behind those named, and returns its name. */
  String add(Layer layer, String... from) {
    if (from.length == 0) {
      builder.add(layer);
    } else {
      builder.add(layer.type() + "_" + ++named, layer, from);
    }
    return last();
  }

  String last() {
    return builder.last();
  }

  /** What the last layer puts out. */
  Shape shape() {
    return last().equals(Network.INPUT) ? input : builder.build().shapes().get(last());
  }

  int channels() {
    return (int) shape().dim(0);
  }

  /** The shorter side of the image so far. */
  int side() {
    Shape shape = shape();
    return (int) Math.min(shape.dim(1), shape.dim(2));
  }

  /** A convolution that keeps the size, but for its stride. */
  static Conv2d conv(int out, int kernel, int stride) {
    return new Conv2d(out, kernel).stride(stride).padding(kernel / 2).bias(false);
  }

  static Conv2d oblong(int out, int height, int width) {
    return new Conv2d(out, new Size(height, width)).padding(new Size(height / 2, width / 2));
  }

  /** Convolution and batch normalization. */
  String norm(Layer conv, String... from) {
    add(conv, from);
    return add(new BatchNorm2d());
  }

  /** Convolution, batch normalization and an activation. */
  String block(Layer conv, Layer activation, String... from) {
    norm(conv, from);
    return add(activation);
  }

  /** The sum of the last layer's output with another of the same shape. */
  String plus(String other) {
    return add(new Add(), last(), other);
  }

  /** Halves the image where it is large enough for that. */
  void pool() {
    if (side() >= 4) {
      add(new MaxPool2d(2));
    }
  }

  /** Global average pooling and logits. */
  Network classifier() {
    add(new AdaptiveAvgPool2d(1));
    return logits();
  }

  Network logits() {
    if (shape().rank() > 1) {
      add(new Flatten());
    }
    add(new Linear(draw.of(2, 10, 37, 100)));
    return builder.build();
  }

  Network network() {
    return builder.build();
  }
}
