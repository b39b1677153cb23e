package dev.quern.bench.random;

import dev.quern.layer.Conv2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.network.Network;

/** Blocks with a way around them. */
final class ResidualFamilies {
  private ResidualFamilies() {}

  /** Blocks of two 3x3 convolutions. */
  static Network residual(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(draw.between(28, 64)));
    int width = draw.of(16, 24, 32, 48, 64);
    s.block(Sketch.conv(width, 3, 1), new Relu());
    int stages = draw.between(2, 4);
    for (int stage = 0; stage < stages; stage++, width *= 2) {
      int blocks = draw.between(1, 3);
      for (int i = 0; i < blocks; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        String from = s.last();
        String around = around(s, width, stride);
        s.block(Sketch.conv(width, 3, stride), new Relu(), from);
        s.norm(Sketch.conv(width, 3, 1));
        s.plus(around);
        s.add(new Relu());
      }
    }
    return s.classifier();
  }

  /** 1x1, 3x3 and 1x1 to four times the channels. */
  static Network bottleneck(String name, Draw draw) {
    return narrow(name, draw, draw.of(16, 24, 32, 64), 0);
  }

  /** As ResNeXt: the 3x3 convolutions are of groups of 8 to 32 channels. */
  static Network grouped(String name, Draw draw) {
    return narrow(name, draw, draw.of(32, 64, 96), draw.of(8, 16, 32));
  }

  /** Convolutions that see further without a pool. */
  static Network dilated(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(draw.between(32, 64)));
    int width = draw.of(16, 24, 32, 48, 64);
    s.block(Sketch.conv(width, 3, draw.of(1, 2)), new Relu());
    int layers = draw.between(3, 5);
    boolean around = draw.chance(0.5);
    for (int i = 0; i < layers; i++) {
      int dilation = draw.of(1, 2, 3, 4, 6);
      String from = s.last();
      s.norm(new Conv2d(width, 3).padding(dilation).dilation(dilation).bias(false));
      if (around) {
        s.plus(from);
      }
      s.add(new Relu());
    }
    return s.classifier();
  }

  /** Of groups where a group has channels. */
  private static Network narrow(String name, Draw draw, int first, int group) {
    boolean photo = draw.chance(0.5);
    Sketch s =
        new Sketch(name, draw, Family.rgb(photo ? 16 * draw.between(5, 10) : draw.between(28, 48)));
    int width = first;
    if (photo) {
      s.block(Sketch.conv(width, 7, 2), new Relu());
      s.add(new MaxPool2d(3).stride(2).padding(1));
    } else {
      s.block(Sketch.conv(width, 3, 1), new Relu());
    }
    int stages = draw.between(2, 3);
    int expansion = group > 0 ? 2 : 4;
    boolean shuffled = group > 0 && draw.chance(0.3);
    for (int stage = 0; stage < stages; stage++, width *= 2) {
      int blocks = draw.between(1, 3);
      for (int i = 0; i < blocks; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        String from = s.last();
        String around = around(s, expansion * width, stride);
        s.block(Sketch.conv(width, 1, 1), new Relu(), from);
        if (shuffled) {
          s.add(new ChannelShuffle(width / group));
        }
        s.block(Sketch.conv(width, 3, stride).groups(group > 0 ? width / group : 1), new Relu());
        s.norm(Sketch.conv(expansion * width, 1, 1));
        s.plus(around);
        s.add(new Relu());
      }
    }
    return s.classifier();
  }

  /** The block's input, or a projection of it where its shape changes. */
  private static String around(Sketch s, int width, int stride) {
    return stride == 1 && s.channels() == width ? s.last() : s.norm(Sketch.conv(width, 1, stride));
  }
}
