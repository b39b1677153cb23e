package dev.quern.network;

import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;

/**
 * Torchvision's ResNets, with stages {@code layer1} to {@code layer4}. Every stage but the first
 * halves height and width.
 */
final class TorchvisionResnets {
  private static final int[] WIDTHS = {64, 128, 256, 512};

  private final TorchvisionBlocks b;

  private TorchvisionResnets(String name, Shape input) {
    b = new TorchvisionBlocks(name, input);
  }

  private interface Block {
    void add(String name, int width, int stride);
  }

  /**
   * Returns a ResNet with blocks of two 3x3 convolutions.
   *
   * @param blocks the number of blocks of each stage
   */
  static Network basic(String name, Shape input, int classes, int... blocks) {
    TorchvisionResnets r = new TorchvisionResnets(name, input);
    return r.network(classes, blocks, r::basicBlock);
  }

  /**
   * Returns a ResNet with bottleneck blocks of 1x1, 3x3 and 1x1 convolutions. The 3x3 convolution
   * has the stride.
   *
   * @param blocks the number of blocks of each stage
   */
  static Network bottleneck(String name, Shape input, int classes, int... blocks) {
    TorchvisionResnets r = new TorchvisionResnets(name, input);
    return r.network(classes, blocks, r::bottleneckBlock);
  }

  private Network network(int classes, int[] blocks, Block block) {
    b.conv("conv1", 64, 7, 2).norm("bn1").then("relu", new Relu()).pool("maxpool");
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      for (int i = 0; i < blocks[stage]; i++) {
        String name = "layer" + (stage + 1) + "." + i;
        block.add(name, WIDTHS[stage], stage > 0 && i == 0 ? 2 : 1);
      }
    }
    return b.head("fc", classes);
  }

  private void basicBlock(String name, int width, int stride) {
    String from = b.net.last();
    int before = b.channels();
    convNorm(name, 1, width, 3, stride).then(name + ".relu1", new Relu());
    convNorm(name, 2, width, 3, 1);
    join(name, from, before, stride);
  }

  private void bottleneckBlock(String name, int width, int stride) {
    String from = b.net.last();
    int before = b.channels();
    convNorm(name, 1, width, 1, 1).then(name + ".relu1", new Relu());
    convNorm(name, 2, width, 3, stride).then(name + ".relu2", new Relu());
    convNorm(name, 3, 4 * width, 1, 1);
    join(name, from, before, stride);
  }

  private TorchvisionBlocks convNorm(String name, int number, int width, int kernel, int stride) {
    return b.conv(name + ".conv" + number, width, kernel, stride).norm(name + ".bn" + number);
  }

  /**
   * Adds a shortcut from the layer {@code from} to the layer added last, and a ReLU after the sum.
   */
  private void join(String name, String from, int before, int stride) {
    String branch = b.net.last();
    String shortcut = b.shortcut(name + ".downsample", from, before, stride);
    b.net.add(name + ".add", new Add(), branch, shortcut);
    b.then(name + ".relu", new Relu());
  }
}
