package dev.quern.network;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Concat;
import dev.quern.tensor.Shape;

/** The built-in DenseNets: each layer reads the outputs of all earlier layers of its block. */
final class DenseNetworks {
  /** The growth rate of densenet121: the number of channels that each layer adds. */
  private static final int GROWTH = 32;

  private DenseNetworks() {}

  /**
   * Returns a DenseNet of three blocks, without bottlenecks. Transitions keep the number of
   * channels.
   *
   * @param layers the number of layers per block
   * @param growth the number of channels that each layer adds
   */
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

  /**
   * Returns DenseNet-121: four blocks with bottlenecks, and transitions that halve the number of
   * channels.
   */
  static Network densenet121(Shape input, int classes) {
    TorchvisionBlocks b = new TorchvisionBlocks("densenet121", input);
    String f = "features.";
    b.conv(f + "conv0", 64, 7, 2).norm(f + "norm0").then(f + "relu0", new Relu()).pool(f + "pool0");
    int[] layers = {6, 12, 24, 16};
    int channels = 64;
    for (int block = 1; block <= layers.length; block++) {
      for (int i = 1; i <= layers[block - 1]; i++) {
        bottleneck(b, f + "denseblock" + block + ".denselayer" + i);
        channels += GROWTH;
      }
      if (block < layers.length) {
        channels /= 2;
        String name = f + "transition" + block;
        b.norm(name + ".norm").then(name + ".relu", new Relu());
        b.conv(name + ".conv", channels, 1, 1).then(name + ".pool", new AvgPool2d(2));
      }
    }
    return b.norm(f + "norm5").then("relu", new Relu()).head("classifier", classes);
  }

  private static void bottleneck(TorchvisionBlocks b, String name) {
    String before = b.net.last();
    b.norm(name + ".norm1").then(name + ".relu1", new Relu());
    b.conv(name + ".conv1", 4 * GROWTH, 1, 1);
    b.norm(name + ".norm2").then(name + ".relu2", new Relu());
    b.conv(name + ".conv2", GROWTH, 3, 1);
    b.net.add(name + ".concat", new Concat(), before, b.net.last());
  }
}
