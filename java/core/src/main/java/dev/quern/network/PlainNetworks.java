package dev.quern.network;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import dev.quern.tensor.Shape;

/** The built-in networks that are one chain of layers. */
final class PlainNetworks {
  private PlainNetworks() {}

  static Network notebook(Shape input, int classes) {
    return Network.builder("notebook", input)
        .add("conv1", new Conv2d(1, 5).bias(false))
        .add("relu1", new Relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", new Conv2d(1, 3).bias(false))
        .add("relu2", new Relu())
        .add("pool2", new MaxPool2d(2).stride(1))
        .add("flatten", new Flatten())
        .add("fc1", new Linear(64))
        .add("relu3", new Relu())
        .add("fc2", new Linear(classes))
        .build();
  }

  static Network lenet(Shape input, int classes) {
    return Network.builder("lenet", input)
        .add("conv1", new Conv2d(20, 5))
        .add("relu1", new Relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", new Conv2d(50, 5))
        .add("relu2", new Relu())
        .add("pool2", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("fc1", new Linear(500))
        .add("relu3", new Relu())
        .add("fc2", new Linear(classes))
        .build();
  }

  /** Twice conv-bn-relu and a max-pool, at 64, 128 and 256 channels. */
  static Network vggSmall(Shape input, int classes) {
    Blocks b = new Blocks("vgg-small", input);
    int[] widths = {64, 128, 256};
    for (int stage = 0; stage < widths.length; stage++) {
      String name = "stage" + (stage + 1);
      b.convNorm(name + ".1", widths[stage], 3, 1).relu(name + ".1");
      b.convNorm(name + ".2", widths[stage], 3, 1).relu(name + ".2");
      if (stage < widths.length - 1) {
        b.net.add(name + ".pool", new MaxPool2d(2));
      }
    }
    return b.head(classes);
  }

  /** A depthwise 3x3 convolution for the pixels, then a 1x1 one for the channels, 13 times. */
  static Network mobilenet(String name, Shape input, int classes, double width, int stemStride) {
    int[] widths = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
    Blocks b = new Blocks(name, input);
    int channels = scaled(32, width);
    b.convNorm("stem", channels, 3, stemStride).relu("stem");
    int before = 64;
    for (int i = 0; i < widths.length; i++) {
      String block = "block" + (i + 1);
      int stride = widths[i] > before ? 2 : 1;
      b.net.add(
          block + ".depthwise.conv",
          new Conv2d(channels, 3).stride(stride).padding(1).groups(channels).bias(false));
      b.norm(block + ".depthwise").relu(block + ".depthwise");
      channels = scaled(widths[i], width);
      b.convNorm(block + ".pointwise", channels, 1, 1).relu(block + ".pointwise");
      before = widths[i];
    }
    return b.head(classes);
  }

  /** At least 8, as in the authors' code. */
  private static int scaled(int channels, double width) {
    return Math.max(8, (int) (channels * width));
  }
}
