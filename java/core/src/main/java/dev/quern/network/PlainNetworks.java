package dev.quern.network;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;

/** The built-in networks that are a linear chain of layers. */
final class PlainNetworks {
  /** Output channels of the 1x1 convolutions in MobileNet's thirteen blocks. */
  private static final int[] MOBILENET = {
    64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024
  };

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

  static Network mlp(Shape input, int classes) {
    return Network.builder("mlp", input)
        .add("flatten", new Flatten())
        .add("fc1", new Linear(64))
        .add("relu1", new Relu())
        .add("fc2", new Linear(64))
        .add("relu2", new Relu())
        .add("fc3", new Linear(classes))
        .build();
  }

  /**
   * Returns a VGG-style network: three stages of two 3x3 convolutions with 64, 128 and 256
   * channels.
   */
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

  /** Returns MobileNet: thirteen blocks of a depthwise 3x3 convolution and a 1x1 convolution. */
  static Network mobilenet(String name, Shape input, int classes, double width, int stemStride) {
    Blocks b = new Blocks(name, input);
    int channels = scaled(32, width);
    b.convNorm("stem", channels, 3, stemStride).relu("stem");
    int before = 64;
    for (int i = 0; i < MOBILENET.length; i++) {
      String block = "block" + (i + 1);
      int stride = MOBILENET[i] > before ? 2 : 1;
      b.net.add(
          block + ".depthwise.conv",
          new Conv2d(channels, 3).stride(stride).padding(1).groups(channels).bias(false));
      b.norm(block + ".depthwise").relu(block + ".depthwise");
      channels = scaled(MOBILENET[i], width);
      b.convNorm(block + ".pointwise", channels, 1, 1).relu(block + ".pointwise");
      before = MOBILENET[i];
    }
    return b.head(classes);
  }

  /** Returns MobileNet at width 1, with layers named in torchvision's style. */
  static Network mobilenetV1(Shape input, int classes) {
    TorchvisionBlocks b = new TorchvisionBlocks("mobilenet_v1", input);
    b.convNorm("features.0", 32, 3, 2, new Relu());
    int before = 64;
    for (int i = 0; i < MOBILENET.length; i++) {
      String block = "features." + (i + 1);
      b.depthwise(block + ".0", 3, MOBILENET[i] > before ? 2 : 1, new Relu());
      b.convNorm(block + ".1", MOBILENET[i], 1, 1, new Relu());
      before = MOBILENET[i];
    }
    return b.classifier(0.2f, classes);
  }

  /**
   * Returns VGG-16: thirteen 3x3 convolutions with bias, five max-pooling layers and three linear
   * layers.
   */
  static Network vgg16(Shape input, int classes) {
    NetworkBuilder net = Network.builder("vgg16", input);
    int[][] stages = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};
    int at = 0;
    for (int[] widths : stages) {
      for (int width : widths) {
        net.add("features." + at++, new Conv2d(width, 3).padding(1));
        net.add("features." + at++, new Relu());
      }
      net.add("features." + at++, new MaxPool2d(2));
    }
    return net.add("avgpool", new AdaptiveAvgPool2d(7))
        .add("flatten", new Flatten())
        .add("classifier.0", new Linear(4096))
        .add("classifier.1", new Relu())
        .add("classifier.2", new Dropout())
        .add("classifier.3", new Linear(4096))
        .add("classifier.4", new Relu())
        .add("classifier.5", new Dropout())
        .add("classifier.6", new Linear(classes))
        .build();
  }

  /** Returns a scaled number of channels, at least 8 as in the reference implementation. */
  private static int scaled(int channels, double width) {
    return Math.max(8, (int) (channels * width));
  }
}
