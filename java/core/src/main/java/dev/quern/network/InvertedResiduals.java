package dev.quern.network;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;

/**
 * MobileNetV2, EfficientNet and EfficientNetV2, which consist of inverted residual blocks: a 1x1
 * convolution that expands the channels, a depthwise convolution, a 1x1 convolution that reduces
 * the channels, and a shortcut from the block's input to its output. Sandler et al., "MobileNetV2:
 * Inverted Residuals and Linear Bottlenecks", 2018.
 */
final class InvertedResiduals {
  private static final float DROPOUT = 0.2f;
  private static final int LAST = 1280;

  /** Of EfficientNets; MobileNet v2 has none. */
  private static final float STOCHASTIC_DEPTH = 0.2f;

  private final TorchvisionBlocks b;
  private final Layer activation;
  private DepthSchedule depth;

  private InvertedResiduals(TorchvisionBlocks b, int stem, Layer activation) {
    this.b = b;
    this.activation = activation;
    b.convNorm("features.0", stem, 3, 2, activation);
  }

  /**
   * A stage of blocks with equal widths: one row of the architecture tables in the papers.
   *
   * @param expansion factor by which a block expands the channels
   * @param kernel kernel size of the depthwise convolutions
   * @param stride stride of the first block; other blocks have stride 1
   * @param width number of output channels
   * @param blocks number of blocks
   */
  private record Stage(int expansion, int kernel, int stride, int width, int blocks) {}

  static Network mobilenetV2(Shape input, int classes) {
    Stage[] stages = {
      new Stage(1, 3, 1, 16, 1),
      new Stage(6, 3, 2, 24, 2),
      new Stage(6, 3, 2, 32, 3),
      new Stage(6, 3, 2, 64, 4),
      new Stage(6, 3, 1, 96, 3),
      new Stage(6, 3, 2, 160, 3),
      new Stage(6, 3, 1, 320, 1)
    };
    TorchvisionBlocks b = new TorchvisionBlocks("mobilenet_v2", input);
    InvertedResiduals r = new InvertedResiduals(b, 32, new Relu6());
    int number = 1;
    for (Stage s : stages) {
      for (int i = 0; i < s.blocks; i++) {
        r.mobileBlock("features." + number++, s, i == 0 ? s.stride : 1);
      }
    }
    return r.end("features." + number, classes);
  }

  private void mobileBlock(String name, Stage s, int stride) {
    String from = b.net.last();
    int before = b.channels();
    int at = expand(name + ".conv.", s);
    b.depthwise(name + ".conv." + at++, s.kernel, stride, activation);
    b.conv(name + ".conv." + at++, s.width, 1, 1).norm(name + ".conv." + at);
    join(name, from, before, stride);
  }

  static Network efficientnetB0(Shape input, int classes) {
    Stage[] stages = {
      new Stage(1, 3, 1, 16, 1),
      new Stage(6, 3, 2, 24, 2),
      new Stage(6, 5, 2, 40, 2),
      new Stage(6, 3, 2, 80, 3),
      new Stage(6, 5, 1, 112, 3),
      new Stage(6, 5, 2, 192, 4),
      new Stage(6, 3, 1, 320, 1)
    };
    TorchvisionBlocks b = new TorchvisionBlocks("efficientnet_b0", input);
    return new InvertedResiduals(b, 32, new Silu()).efficientNet(stages, 0, classes);
  }

  static Network efficientnetV2S(Shape input, int classes) {
    Stage[] stages = {
      new Stage(1, 3, 1, 24, 2),
      new Stage(4, 3, 2, 48, 4),
      new Stage(4, 3, 2, 64, 4),
      new Stage(4, 3, 2, 128, 6),
      new Stage(6, 3, 1, 160, 9),
      new Stage(6, 3, 2, 256, 15)
    };
    TorchvisionBlocks b =
        new TorchvisionBlocks("efficientnet_v2_s", input, new BatchNorm2d(0.1f, 1e-3f));
    return new InvertedResiduals(b, 24, new Silu()).efficientNet(stages, 3, classes);
  }

  /**
   * Adds the stages and the head.
   *
   * @param fused number of stages, from the first on, with {@link #fusedBlock fused blocks}
   */
  private Network efficientNet(Stage[] stages, int fused, int classes) {
    depth = new DepthSchedule(STOCHASTIC_DEPTH, Stream.of(stages).mapToInt(Stage::blocks).sum());
    for (int stage = 0; stage < stages.length; stage++) {
      Stage s = stages[stage];
      for (int i = 0; i < s.blocks; i++) {
        depth.nextBlock();
        String name = "features." + (stage + 1) + "." + i;
        int stride = i == 0 ? s.stride : 1;
        if (stage < fused) {
          fusedBlock(name, s, stride);
        } else {
          efficientBlock(name, s, stride);
        }
      }
    }
    return end("features." + (stages.length + 1), classes);
  }

  /** Adds a block whose first convolution both expands the channels and has the block's kernel. */
  private void fusedBlock(String name, Stage s, int stride) {
    String from = b.net.last();
    int before = b.channels();
    int width = s.expansion == 1 ? s.width : before * s.expansion;
    b.convNorm(name + ".block.0", width, s.kernel, stride, activation);
    if (s.expansion > 1) {
      b.conv(name + ".block.1.0", s.width, 1, 1).norm(name + ".block.1.1");
    }
    join(name, from, before, stride);
  }

  private void efficientBlock(String name, Stage s, int stride) {
    String from = b.net.last();
    int before = b.channels();
    int at = expand(name + ".block.", s);
    b.depthwise(name + ".block." + at++, s.kernel, stride, activation);
    b.squeezeAndExcitation(name + ".block." + at++, before / 4, activation, new Sigmoid());
    String project = name + ".block." + at;
    b.conv(project + ".0", s.width, 1, 1).norm(project + ".1");
    join(name, from, before, stride);
  }

  /**
   * Adds the convolution that expands the channels, and returns the number of added groups of
   * layers: 1, or 0 at expansion 1.
   */
  private int expand(String steps, Stage s) {
    if (s.expansion == 1) {
      return 0;
    }
    b.convNorm(steps + 0, b.channels() * s.expansion, 1, 1, activation);
    return 1;
  }

  private void join(String name, String from, int before, int stride) {
    if (stride == 1 && before == b.channels()) {
      if (depth != null) {
        depth.add(b.net, name + ".stochastic_depth");
      }
      b.add(name + ".add", from);
    }
  }

  private Network end(String name, int classes) {
    return b.convNorm(name, LAST, 1, 1, activation).classifier(DROPOUT, classes);
  }
}
