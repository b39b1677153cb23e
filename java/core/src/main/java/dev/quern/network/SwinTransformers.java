package dev.quern.network;

import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Mean;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Swin transformer: attention within windows of 7x7 tokens, which every other block shifts by 3, in
 * four stages of halving resolution. Layers have torchvision's names. Liu et al., "Swin
 * Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021.
 */
final class SwinTransformers {
  private static final int PATCH = 4;

  private static final int STAGES = 4;

  /** Height and width must be multiples of this, so that each stage consists of whole windows. */
  private static final int MULTIPLE = (PATCH << STAGES - 1) * SwinWindows.SIDE;

  /** Maximum height and width; the mask of shifted windows then has 10 million numbers. */
  private static final int MOST = 8 * MULTIPLE;

  private static final float STOCHASTIC_DEPTH = 0.2f;

  private final NetworkBuilder net;
  private DepthSchedule depth;
  private int height;
  private int width;
  private int channels;

  private SwinTransformers(String name, Shape input, int channels) {
    net = Network.builder(name, input);
    height = (int) input.dim(1) / PATCH;
    width = (int) input.dim(2) / PATCH;
    this.channels = channels;
  }

  static Network tiny(Shape input, int classes) {
    String name = "swin_t";
    if (input.rank() != 3 || input.isFree() || !isWhole(input.dim(1)) || !isWhole(input.dim(2))) {
      throw new ShapeException(
          name
              + ": input "
              + input
              + " must be [C, H, W] with H and W fixed, multiples of "
              + MULTIPLE
              + " and at most "
              + MOST
              + " (layer features.0.0)");
    }
    return new SwinTransformers(name, input, 96)
        .network(classes, new int[] {2, 2, 6, 2}, new int[] {3, 6, 12, 24});
  }

  private static boolean isWhole(long side) {
    return side > 0 && side <= MOST && side % MULTIPLE == 0;
  }

  /**
   * @param blocks number of blocks of each stage
   * @param heads number of heads of each stage
   */
  private Network network(int classes, int[] blocks, int[] heads) {
    depth = new DepthSchedule(STOCHASTIC_DEPTH, Arrays.stream(blocks).sum() - 1);
    net.add("features.0.0", new Conv2d(channels, PATCH).stride(PATCH))
        .add("features.0.patches", new Reshape(channels, height * width))
        .add("features.0.1", new Permute(1, 0))
        .add("features.0.2", norm(channels));
    for (int stage = 0; stage < STAGES; stage++) {
      if (stage > 0) {
        merge("features." + 2 * stage);
      }
      for (int i = 0; i < blocks[stage]; i++) {
        block("features." + (2 * stage + 1) + "." + i, heads[stage], i % 2 == 1);
      }
    }
    return net.add("norm", norm(channels))
        .add("avgpool", new Mean(0))
        .add("head", new Linear(classes))
        .build();
  }

  /** Adds a layer that joins 2x2 tokens to one with twice as many channels. */
  private void merge(String name) {
    height /= 2;
    width /= 2;
    net.add(name + ".grid", new Reshape(height, 2, width, 2, channels))
        .add(name + ".neighbors", new Permute(0, 2, 3, 1, 4))
        .add(name + ".joined", new Reshape(height * width, 4 * channels))
        .add(name + ".norm", norm(4 * channels))
        .add(name + ".reduction", new Linear(2 * channels, false));
    channels *= 2;
  }

  private void block(String name, int heads, boolean shifted) {
    depth.nextBlock();
    String from = net.last();
    net.add(name + ".norm1", norm(channels));
    attention(name + ".attn", heads, new SwinWindows(height, width, shifted));
    depth.add(net, name + ".stochastic_depth1");
    net.add(name + ".add1", new Add(), net.last(), from);
    from = net.last();
    net.add(name + ".norm2", norm(channels))
        .add(name + ".mlp.0", new Linear(4 * channels))
        .add(name + ".mlp.1", new Gelu())
        .add(name + ".mlp.3", new Linear(channels));
    depth.add(net, name + ".stochastic_depth2");
    net.add(name + ".add2", new Add(), net.last(), from);
  }

  private void attention(String name, int heads, SwinWindows windows) {
    List<Integer> order = windows.order();
    boolean inOrder = order.equals(IntStream.range(0, order.size()).boxed().toList());
    if (!inOrder) {
      net.add(name + ".windows", new Gather(0, order));
    }
    net.add(name + ".qkv", new Linear(3 * channels));
    for (int i = 0; i < 3; i++) {
      net.add(name + ".qkv." + i, new Chunk(1, 3, i), name + ".qkv");
    }
    bias(name + ".bias", name + ".relative_position_bias_table", heads, windows);
    net.add(
            name + ".attention",
            new ScaledDotProductAttention(heads).windows(windows.count()),
            name + ".qkv.0",
            name + ".qkv.1",
            name + ".qkv.2",
            name + ".bias")
        .add(name + ".proj", new Linear(channels));
    if (!inOrder) {
      net.add(name + ".grid", new Gather(0, SwinWindows.inverse(order)));
    }
  }

  /**
   * Adds the bias of the scores, {@code [windows * heads, 49, 49]}: a trained number for each
   * relative position and head and, in shifted windows, a mask.
   */
  private void bias(String name, String table, int heads, SwinWindows windows) {
    int scores = SwinWindows.TOKENS * SwinWindows.TOKENS;
    net.add(table, new TrainableTensor(SwinWindows.POSITIONS, heads).random(true), net.last())
        .add(name + ".positions", new Gather(0, SwinWindows.relativePositions()))
        .add(name + ".heads", new Permute(1, 0));
    if (windows.isShifted()) {
      Shape mask = Shape.of(windows.count(), 1, scores);
      net.add(name + ".rows", new Reshape(1, heads, scores))
          .add(name + ".mask", new Constant(mask, windows.mask()), table)
          .add(name + ".masked", new Add(), name + ".rows", name + ".mask");
    } else if (windows.count() > 1) {
      List<Integer> each = IntStream.range(0, heads).boxed().toList();
      List<Integer> all =
          Collections.nCopies(windows.count(), each).stream().flatMap(List::stream).toList();
      net.add(name + ".repeated", new Gather(0, all));
    }
    net.add(name, new Reshape(windows.count() * heads, SwinWindows.TOKENS, SwinWindows.TOKENS));
  }

  private static LayerNorm norm(int features) {
    return new LayerNorm(Shape.of(features), 1e-5f, true, true);
  }
}
