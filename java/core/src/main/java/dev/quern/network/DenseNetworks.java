package dev.quern.network;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Concat;
import dev.quern.tensor.Shape;

/** The built-in densely connected networks: every layer sees all layers of its block before it. */
final class DenseNetworks {
  private DenseNetworks() {}

  /** Three blocks without bottlenecks, with transitions that keep the number of channels. */
  static Network densenet(String name, Shape input, int classes, int layers, int growth) {
    Blocks b = new Blocks(name, input);
    int channels = 16;
    b.conv("stem", channels, 3, 1);
    for (int block = 1; block <= 3; block++) {
      for (int i = 1; i <= layers; i++) {
        String layer = "block" + block + "." + i;
        String before = b.net.last();
        b.normRelu(layer).conv(layer, growth, 3, 1);
        b.net.add(layer + ".concat", new Concat(), before, b.net.last());
        channels += growth;
      }
      if (block < 3) {
        String transition = "transition" + block;
        b.normRelu(transition).conv(transition, channels, 1, 1);
        b.net.add(transition + ".pool", new AvgPool2d(2));
      }
    }
    return b.normRelu("last").head(classes);
  }
}
