package dev.quern.network;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/**
 * ConvNeXt: a residual network with depthwise 7x7 convolutions, layer normalization over channels
 * and GELU. Layers have torchvision's names. Liu et al., "A ConvNet for the 2020s", 2022.
 */
final class ConvNeXts {
  private static final float EPS = 1e-6f;

  private static final float LAYER_SCALE = 1e-6f;

  private static final float STOCHASTIC_DEPTH = 0.1f;

  private final NetworkBuilder net;
  private DepthSchedule depth;

  private ConvNeXts(String name, Shape input) {
    net = Network.builder(name, input);
  }

  static Network tiny(Shape input, int classes) {
    return new ConvNeXts("convnext_tiny", input)
        .network(classes, new int[] {3, 3, 9, 3}, new int[] {96, 192, 384, 768});
  }

  /**
   * @param blocks number of blocks of each stage
   * @param widths number of channels of each stage
   */
  private Network network(int classes, int[] blocks, int[] widths) {
    net.add("features.0.0", new Conv2d(widths[0], 4).stride(4));
    imageNorm("features.0.1", widths[0]);
    depth = new DepthSchedule(STOCHASTIC_DEPTH, Arrays.stream(blocks).sum() - 1);
    for (int stage = 0; stage < blocks.length; stage++) {
      if (stage > 0) {
        String name = "features." + 2 * stage;
        imageNorm(name + ".0", widths[stage - 1]);
        net.add(name + ".1", new Conv2d(widths[stage], 2).stride(2));
      }
      for (int i = 0; i < blocks[stage]; i++) {
        block("features." + (2 * stage + 1) + "." + i, widths[stage]);
      }
    }
    return net.add("avgpool", new AdaptiveAvgPool2d(1))
        .add("flatten", new Flatten())
        .add("classifier.0", norm(widths[widths.length - 1]))
        .add("classifier.2", new Linear(classes))
        .build();
  }

  private void block(String name, int width) {
    depth.nextBlock();
    String from = net.last();
    net.add(name + ".block.0", new Conv2d(width, 7).padding(3).groups(width))
        .add(name + ".block.1", new Permute(1, 2, 0))
        .add(name + ".block.2", norm(width))
        .add(name + ".block.3", new Linear(4 * width))
        .add(name + ".block.4", new Gelu())
        .add(name + ".block.5", new Linear(width))
        .add(name + ".block.6", new Permute(2, 0, 1))
        .add(name + ".layer_scale", new TrainableTensor(width, 1, 1).value(LAYER_SCALE))
        .add(name + ".scaled", new Multiply(), name + ".block.6", name + ".layer_scale");
    depth.add(net, name + ".stochastic_depth");
    net.add(name + ".add", new Add(), net.last(), from);
  }

  /** Adds layer normalization of each pixel's channels. */
  private void imageNorm(String name, int width) {
    net.add(name + ".channels_last", new Permute(1, 2, 0))
        .add(name, norm(width))
        .add(name + ".channels_first", new Permute(2, 0, 1));
  }

  private static LayerNorm norm(int width) {
    return new LayerNorm(Shape.of(width), EPS, true, true);
  }
}
