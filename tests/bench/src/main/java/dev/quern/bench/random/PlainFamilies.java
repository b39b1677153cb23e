package dev.quern.bench.random;

import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;

/** Convolutions one behind the other. */
final class PlainFamilies {
  private PlainFamilies() {}

  /** As LeNet and what followed it: 5x5 kernels, two or three pools, hidden linear layers. */
  static Network small(String name, Draw draw) {
    int side = draw.between(24, 36);
    Sketch s = new Sketch(name, draw, Shape.of(draw.of(1, 3), side, side));
    Layer activation =
        draw.one(new Relu(), new Relu(), new Tanh(), new Sigmoid(), new Softplus(), new Selu());
    int width = draw.of(6, 8, 16, 20, 32);
    for (int i = draw.between(2, 3); i > 0; i--) {
      int kernel = draw.of(3, 5);
      s.add(new Conv2d(width, kernel).padding(draw.of(0, kernel / 2)));
      s.add(activation);
      if (draw.chance(0.2)) {
        s.add(new LocalResponseNorm(5));
      }
      s.add(draw.chance(0.7) ? new MaxPool2d(2) : new AvgPool2d(2));
      width = draw.of(width + 10, 2 * width);
    }
    s.add(new Flatten());
    for (int i = draw.between(1, 2); i > 0; i--) {
      s.add(new Linear(draw.of(64, 84, 120, 256, 500)));
      if (draw.chance(0.2)) {
        s.add(new LayerNorm(s.shape()));
      }
      s.add(activation);
      if (draw.chance(0.3)) {
        s.add(new Dropout());
      }
    }
    return s.logits();
  }

  /** As VGG: 3x3 kernels, twice the channels behind each pool. */
  static Network plain(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(draw.between(24, 64)));
    Layer activation = draw.chance(0.5) ? new Relu() : rare(draw);
    boolean groups = draw.chance(0.2);
    boolean mirrored = draw.chance(0.2);
    int width = draw.of(16, 24, 32, 48, 64);
    for (int stage = draw.between(2, 4); stage > 0; stage--) {
      for (int i = draw.between(1, 3); i > 0; i--) {
        if (mirrored) {
          s.add(new ReflectionPad2d(1));
          s.add(new Conv2d(width, 3).bias(false));
        } else {
          s.add(Sketch.conv(width, 3, 1));
        }
        s.add(groups ? new GroupNorm(8) : new BatchNorm2d());
        s.add(activation);
      }
      s.pool();
      if (draw.chance(0.1)) {
        s.add(new Dropout2d(0.1f));
      }
      width *= 2;
    }
    if (draw.chance(0.3)) {
      s.add(new AdaptiveMaxPool2d(1));
      return s.logits();
    }
    return s.classifier();
  }

  /** Channels and sides that are multiples of nothing. */
  static Network odd(String name, Draw draw) {
    Sketch s =
        new Sketch(name, draw, Shape.of(3, 2 * draw.between(8, 28) + 1, draw.between(17, 57)));
    Layer activation = draw.chance(0.5) ? new Relu() : rare(draw);
    for (int i = draw.between(3, 6); i > 0; i--) {
      int kernel = draw.of(1, 3, 3, 3, 5);
      s.block(Sketch.conv(draw.of(13, 27, 50, 75, 130), kernel, 1), activation);
      if (draw.chance(0.4) && s.side() >= 8) {
        s.add(new MaxPool2d(3).stride(2));
      }
    }
    return s.classifier();
  }

  /** Few channels on images of 160 to 256 pixels. */
  static Network large(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(8 * draw.between(20, 32)));
    int width = draw.of(8, 12, 16, 24);
    s.block(Sketch.conv(width, draw.of(3, 5, 7), draw.of(1, 2)), new Relu());
    for (int i = draw.between(3, 5); i > 0; i--) {
      s.block(Sketch.conv(width, 3, 1), new Relu());
      width = Math.min(128, draw.of(width + 8, 2 * width));
      s.block(Sketch.conv(width, 3, 2), new Relu());
    }
    return s.classifier();
  }

  private static Layer rare(Draw draw) {
    return draw.one(
        new Relu6(),
        new LeakyRelu(0.1f),
        new Elu(),
        new Silu(),
        new Mish(),
        new Hardswish(),
        new PRelu());
  }
}
