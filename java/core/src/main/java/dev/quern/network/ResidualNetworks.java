package dev.quern.network;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;

/**
 * The built-in residual networks, which consist of stages of blocks. Every stage but the first
 * halves height and width. If a block changes the shape, its shortcut is a 1x1 convolution. He et
 * al., "Deep Residual Learning for Image Recognition", 2016.
 */
final class ResidualNetworks {
  private final Blocks b;
  private int channels;

  private ResidualNetworks(String name, Shape input) {
    b = new Blocks(name, input);
  }

  /**
   * Returns a ResNet with a 3x3 stem and blocks of two 3x3 convolutions.
   *
   * @param blocks the number of blocks per stage
   * @param widths the number of channels of each stage
   */
  static Network basic(String name, Shape input, int classes, int blocks, int... widths) {
    ResidualNetworks r = new ResidualNetworks(name, input);
    r.b.convNorm("stem", widths[0], 3, 1).relu("stem");
    r.channels = widths[0];
    r.stages(new int[] {blocks, blocks, blocks, blocks}, widths, r::basicBlock);
    return r.b.head(classes);
  }

  /**
   * Returns a ResNet with bottleneck blocks: a 7x7 stem of stride 2 with pooling, and blocks of
   * 1x1, 3x3 and 1x1 convolutions. The 3x3 convolution has the stride, as in torchvision ("ResNet
   * v1.5").
   *
   * @param blocks the number of blocks of each stage
   */
  static Network bottleneck(String name, Shape input, int classes, int... blocks) {
    ResidualNetworks r = new ResidualNetworks(name, input);
    r.b.convNorm("stem", 64, 7, 2).relu("stem");
    r.b.net.add("stem.pool", new MaxPool2d(3).stride(2).padding(1));
    r.channels = 64;
    r.stages(blocks, new int[] {64, 128, 256, 512}, r::bottleneckBlock);
    return r.b.head(classes);
  }

  /**
   * Returns a Wide ResNet with pre-activation blocks, which apply normalization before convolution.
   *
   * @param blocks the number of blocks per stage
   * @param widen the widening factor
   */
  static Network wide(String name, Shape input, int classes, int blocks, int widen) {
    ResidualNetworks r = new ResidualNetworks(name, input);
    r.b.conv("stem", 16, 3, 1);
    r.channels = 16;
    int[] widths = {16 * widen, 32 * widen, 64 * widen};
    r.stages(new int[] {blocks, blocks, blocks}, widths, r::wideBlock);
    return r.b.normRelu("last").head(classes);
  }

  private interface Block {
    void add(String name, int width, int stride);
  }

  private void stages(int[] blocks, int[] widths, Block block) {
    for (int stage = 0; stage < widths.length; stage++) {
      for (int i = 0; i < blocks[stage]; i++) {
        String name = "stage" + (stage + 1) + "." + (i + 1);
        block.add(name, widths[stage], stage > 0 && i == 0 ? 2 : 1);
      }
    }
  }

  private void basicBlock(String name, int width, int stride) {
    String from = b.net.last();
    b.convNorm(name + ".1", width, 3, stride).relu(name + ".1");
    b.convNorm(name + ".2", width, 3, 1);
    join(name, from, width, stride);
  }

  private void bottleneckBlock(String name, int width, int stride) {
    String from = b.net.last();
    b.convNorm(name + ".1", width, 1, 1).relu(name + ".1");
    b.convNorm(name + ".2", width, 3, stride).relu(name + ".2");
    b.convNorm(name + ".3", 4 * width, 1, 1);
    join(name, from, 4 * width, stride);
  }

  /**
   * Adds a shortcut from the layer {@code from} to the layer added last, and a ReLU after the sum.
   */
  private void join(String name, String from, int width, int stride) {
    String branch = b.net.last();
    String shortcut = from;
    if (channels != width) {
      b.net.add(name + ".shortcut.conv", projection(width, stride), from);
      b.net.add(name + ".shortcut.bn", new BatchNorm2d());
      shortcut = b.net.last();
    }
    b.net.add(name + ".sum", new Add(), branch, shortcut);
    b.relu(name);
    channels = width;
  }

  /**
   * Adds a pre-activation block. If the number of channels changes, the shortcut starts after the
   * first normalization, otherwise at the block's input.
   */
  private void wideBlock(String name, int width, int stride) {
    String from = b.net.last();
    b.normRelu(name + ".1");
    String normalised = b.net.last();
    b.conv(name + ".1", width, 3, stride).normRelu(name + ".2").conv(name + ".2", width, 3, 1);
    String branch = b.net.last();
    String shortcut = from;
    if (channels != width) {
      b.net.add(name + ".shortcut.conv", projection(width, stride), normalised);
      shortcut = b.net.last();
    }
    b.net.add(name + ".sum", new Add(), branch, shortcut);
    channels = width;
  }

  private static Conv2d projection(int width, int stride) {
    return new Conv2d(width, 1).stride(stride).bias(false);
  }
}
