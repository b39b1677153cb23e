package dev.quern.bench.random;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;

/** Convolutions of a channel each, with 1x1 convolutions around them. */
final class DepthwiseFamilies {
  private DepthwiseFamilies() {}

  /** As MobileNet, the first or the second: 3x3 kernels. */
  static Network separable(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(8 * draw.between(4, 14)));
    boolean inverted = draw.chance(0.5);
    int width = draw.of(16, 24, 32);
    s.block(Sketch.conv(width, 3, s.side() > 64 ? 2 : 1), new Relu6());
    for (int i = draw.between(4, 8); i > 0; i--) {
      int stride = s.side() >= 8 && draw.chance(0.4) ? 2 : 1;
      width = stride == 1 ? width : Math.min(256, 2 * width);
      if (inverted) {
        inverted(s, width, 3, stride, draw.of(3, 4, 6), new Relu6(), null);
      } else {
        s.block(Sketch.conv(s.channels(), 3, stride).groups(s.channels()), new Relu());
        s.block(Sketch.conv(width, 1, 1), new Relu());
      }
    }
    return s.classifier();
  }

  /** As EfficientNet or MobileNetV3: 5x5 kernels and squeeze-excitation. */
  static Network squeeze(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(8 * draw.between(4, 14)));
    boolean hard = draw.chance(0.3);
    Layer activation = hard ? new Hardswish() : new Silu();
    Layer gate = hard ? new Hardsigmoid() : new Sigmoid();
    int width = draw.of(16, 24, 32);
    s.block(Sketch.conv(width, 3, s.side() > 64 ? 2 : 1), activation);
    for (int i = draw.between(3, 6); i > 0; i--) {
      int stride = s.side() >= 8 && draw.chance(0.4) ? 2 : 1;
      width = stride == 1 ? width : Math.min(192, 2 * width);
      inverted(s, width, draw.of(3, 5, 5), stride, draw.of(3, 4, 6), activation, gate);
    }
    return s.classifier();
  }

  /** 7x7 kernels, group normalization, 1x1 to four times the channels, GELU, 1x1 back. */
  static Network convnext(String name, Draw draw) {
    int patch = draw.of(2, 4);
    Sketch s = new Sketch(name, draw, Family.rgb(patch * 8 * draw.between(2, 4)));
    int width = draw.of(24, 32, 48, 64);
    s.add(new Conv2d(width, patch).stride(patch));
    s.add(new GroupNorm(1));
    int stages = draw.between(1, 3);
    for (int stage = 0; stage < stages; stage++) {
      if (stage > 0) {
        width *= 2;
        s.add(new GroupNorm(1));
        s.add(new Conv2d(width, 2).stride(2));
      }
      for (int i = draw.between(1, 3); i > 0; i--) {
        String from = s.last();
        s.add(new Conv2d(width, 7).padding(3).groups(width));
        s.add(new GroupNorm(1));
        s.add(new Conv2d(4 * width, 1));
        s.add(new Gelu());
        s.add(new Conv2d(width, 1));
        s.plus(from);
      }
    }
    return s.classifier();
  }

  /**
   * 1x1 to more channels, depthwise, 1x1 to few, around which the input goes where it fits.
   *
   * @param gate of squeeze-excitation; null for none
   */
  private static void inverted(
      Sketch s, int out, int kernel, int stride, int expansion, Layer activation, Layer gate) {
    String from = s.last();
    boolean around = stride == 1 && s.channels() == out;
    int wide = expansion * s.channels();
    s.block(Sketch.conv(wide, 1, 1), activation);
    String values = s.block(Sketch.conv(wide, kernel, stride).groups(wide), activation);
    if (gate != null) {
      s.add(new AdaptiveAvgPool2d(1));
      s.add(new Conv2d(Math.max(4, wide / 16), 1));
      s.add(activation);
      s.add(new Conv2d(wide, 1));
      s.add(gate);
      s.add(new Multiply(), values, s.last());
    }
    s.norm(Sketch.conv(out, 1, 1));
    if (around) {
      s.plus(from);
    }
  }
}
