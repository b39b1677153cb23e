package dev.quern;

import dev.quern.layer.Add;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Size;

/** The built-in networks of batch-normalised 3x3 convolutions, plain and residual. */
final class ResidualNetworks {
  private final Network.Builder net;

  private ResidualNetworks(String name, Shape input) {
    net = Network.builder(name, input);
  }

  /** Twice conv-bn-relu and a max-pool, at 64, 128 and 256 channels. */
  static Network vggSmall(Shape input, int classes) {
    ResidualNetworks r = new ResidualNetworks("vgg-small", input);
    int[] widths = {64, 128, 256};
    for (int stage = 0; stage < widths.length; stage++) {
      r.conv("stage" + (stage + 1) + ".1", widths[stage], 3, 1);
      r.net.add("stage" + (stage + 1) + ".1.relu", new Relu());
      r.conv("stage" + (stage + 1) + ".2", widths[stage], 3, 1);
      r.net.add("stage" + (stage + 1) + ".2.relu", new Relu());
      if (stage < widths.length - 1) {
        r.net.add("stage" + (stage + 1) + ".pool", new MaxPool2d(2));
      }
    }
    return r.head(classes);
  }

  /**
   * Basic blocks in stages, each stage after the first halving height and width. He et al., "Deep
   * Residual Learning", 2016; where shapes change, the shortcut is a 1x1 convolution with batch
   * normalisation.
   */
  static Network basic(String name, Shape input, int classes, int blocks, int... widths) {
    ResidualNetworks r = new ResidualNetworks(name, input);
    r.conv("stem", widths[0], 3, 1);
    r.net.add("stem.relu", new Relu());
    long channels = widths[0];
    for (int stage = 0; stage < widths.length; stage++) {
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        r.block(
            "stage" + (stage + 1) + "." + (block + 1),
            widths[stage],
            stride,
            channels != widths[stage]);
        channels = widths[stage];
      }
    }
    return r.head(classes);
  }

  private void block(String name, int width, int stride, boolean projects) {
    String from = net.last();
    conv(name + ".1", width, 3, stride);
    net.add(name + ".1.relu", new Relu());
    conv(name + ".2", width, 3, 1);
    String branch = net.last();
    String shortcut = from;
    if (projects) {
      net.add(name + ".shortcut.conv", new Conv2d(width, 1).stride(stride).bias(false), from);
      net.add(name + ".shortcut.bn", new BatchNorm2d());
      shortcut = net.last();
    }
    net.add(name + ".sum", new Add(), branch, shortcut);
    net.add(name + ".relu", new Relu());
  }

  private void conv(String name, int width, int kernel, int stride) {
    net.add(
        name + ".conv", new Conv2d(width, kernel).stride(stride).padding(kernel / 2).bias(false));
    net.add(name + ".bn", new BatchNorm2d());
  }

  /** The mean over height and width, then the classes. */
  private Network head(int classes) {
    Shape last = net.build().output();
    return net.add("mean", new AvgPool2d(new Size((int) last.dim(1), (int) last.dim(2))))
        .add("flatten", new Flatten())
        .add("fc", new Linear(classes))
        .build();
  }
}
