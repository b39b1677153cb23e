package dev.quern.network;

import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;

/**
 * RegNets: bottleneck blocks with grouped 3x3 convolutions, in stages of which each halves height
 * and width. Radosavovic et al., "Designing Network Design Spaces", 2020.
 */
final class RegNets {
  private static final int STEM = 32;

  /** The factor from a block's input channels to the hidden channels of squeeze-and-excitation. */
  private static final double SQUEEZE = 0.25;

  private final TorchvisionBlocks b;

  private RegNets(String name, Shape input) {
    b = new TorchvisionBlocks(name, input);
  }

  static Network y400Mf(Shape input, int classes) {
    int[] widths = {48, 104, 208, 440};
    int[] blocks = {1, 3, 6, 6};
    return new RegNets("regnet_y_400mf", input).network(widths, blocks, 8, classes);
  }

  /**
   * @param group number of channels of a group of the grouped convolutions
   */
  private Network network(int[] widths, int[] blocks, int group, int classes) {
    b.convNorm("stem", STEM, 3, 2, new Relu());
    for (int stage = 0; stage < widths.length; stage++) {
      String name = "trunk_output.block" + (stage + 1);
      for (int i = 0; i < blocks[stage]; i++) {
        block(name + ".block" + (stage + 1) + "-" + i, widths[stage], i == 0 ? 2 : 1, group);
      }
    }
    return b.head("fc", classes);
  }

  private void block(String name, int width, int stride, int group) {
    String from = b.net.last();
    int before = b.channels();
    b.convNorm(name + ".f.a", width, 1, 1, new Relu());
    b.conv(name + ".f.b.0", width, 3, stride, width / group).norm(name + ".f.b.1");
    b.then(name + ".f.b.2", new Relu());
    int hidden = (int) Math.round(SQUEEZE * before);
    b.squeezeAndExcitation(name + ".f.se", hidden, new Relu(), new Sigmoid());
    b.conv(name + ".f.c.0", width, 1, 1).norm(name + ".f.c.1");
    String branch = b.net.last();
    String shortcut = b.shortcut(name + ".proj", from, before, stride);
    b.net.add(name + ".add", new Add(), shortcut, branch);
    b.then(name + ".activation", new Relu());
  }
}
