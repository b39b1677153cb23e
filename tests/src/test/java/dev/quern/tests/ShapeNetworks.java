package dev.quern.tests;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;

/** Whole networks whose layers change shapes, for {@link PlanTest}. */
final class ShapeNetworks {
  private ShapeNetworks() {}

  static Stream<Network> all() {
    return Stream.of(
        encoder(), resizes(), resizesFirst(), prelus(), paddings(), squeeze(), products());
  }

  /** Down and up again, with a skip, as in a segmentation network. */
  private static Network encoder() {
    return Network.builder("encoder-decoder", Shape.of(3, 9, 8))
        .add("down", new Conv2d(6, 3).stride(2).padding(1))
        .add("relu", new Relu())
        .add(
            "up",
            new ConvTranspose2d(4, 3).stride(2).padding(1).outputPadding(new Size(0, 1)).groups(2))
        .add("up_relu", new Relu())
        .add("cat", new Concat(), "up_relu", "input")
        .add("wide", new ConvTranspose2d(3, 2).dilation(3).outputPadding(2).bias(false))
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  /** Each of them behind weights, so that a gradient flows through, and one flattened. */
  private static Network resizes() {
    return Network.of(
        "resizes",
        Shape.of(2, 7, 6),
        new Conv2d(5, 3),
        new ReflectionPad2d(1, 2, 3, 0),
        new Relu(),
        new Conv2d(4, 2).bias(false),
        new UpsampleNearest2d(new Size(2, 3)),
        new PRelu(4),
        new ReplicationPad2d(0, 1, 2, 0),
        new BatchNorm2d(),
        new ZeroPad2d(0, 1, 2, 1),
        new MaxPool2d(2),
        new AdaptiveAvgPool2d(new Size(4, 3)),
        new CircularPad2d(1, 0, 2, 1),
        new UpsampleBilinear2d(2),
        new AdaptiveMaxPool2d(new Size(4, 3)),
        new Relu(),
        new Flatten(),
        new PRelu(48),
        new Linear(5));
  }

  /** Before any weight there is no gradient to send on; the last one is the network's output. */
  private static Network resizesFirst() {
    return Network.of(
        "resizes-first",
        Shape.of(3, 4, 5),
        new ReflectionPad2d(1),
        new ReplicationPad2d(1),
        new CircularPad2d(1),
        new UpsampleBilinear2d(new Size(1, 2), true),
        new AdaptiveMaxPool2d(new Size(6, 7)),
        new UpsampleNearest2d(2),
        new ZeroPad2d(1),
        new ConvTranspose2d(4, 2).stride(2),
        new AdaptiveAvgPool2d(new Size(3, 2)),
        new UpsampleNearest2d(2),
        new Flatten());
  }

  /** Before any other weight, on images and on flattened ones. */
  private static Network prelus() {
    return Network.of(
        "prelus",
        Shape.of(3, 4, 5),
        new PRelu(3),
        new UpsampleBilinear2d(2),
        new PRelu(),
        new Flatten(),
        new PRelu(240),
        new PRelu(),
        new Linear(4),
        new PRelu(4));
  }

  /**
   * Convolutions and pools whose paddings differ from side to side, first, between, and with what
   * follows.
   */
  private static Network paddings() {
    return Network.builder("paddings", Shape.of(3, 6, 7))
        .add("first", new Conv2d(4, 2).padding("same").bias(false))
        .add("norm", new BatchNorm2d())
        .add("relu", new Relu())
        .add("left", new Conv2d(4, new Size(1, 3)).padding(2, 0, 0, 0))
        .add("sum", new Add(), "left", "relu")
        .add("sum_relu", new Relu())
        .add("odd", new Conv2d(5, 3).padding("same"), "sum_relu")
        .add("most", new MaxPool2d(3).stride(1).padding(2, 0, 0, 2))
        .add("mean", new AvgPool2d(2).stride(1).dilation(2).padding(2, 0, 1, 1))
        .add("down", new Conv2d(6, 3).stride(2).padding(0, 1, 1, 0))
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  /** A residual block with squeeze and excitation; what is squeezed is read by others, too. */
  private static Network squeeze() {
    return Network.builder("squeeze", Shape.of(3, 6, 7))
        .add("stem", new Conv2d(8, 3).padding(1))
        .add("relu", new Relu())
        .add("squeeze", new AdaptiveAvgPool2d(1))
        .add("fc1", new Conv2d(3, 1))
        .add("fc1_relu", new Relu())
        .add("fc2", new Conv2d(8, 1))
        .add("gate", new Softmax())
        .add("scaled", new Multiply(), "relu", "gate")
        .add("sum", new Add(), "scaled", "relu")
        .add("sum_relu", new Relu())
        .add("pool", new AdaptiveAvgPool2d(1))
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  /** A square, the input itself as a factor, and features whose orders in memory differ. */
  private static Network products() {
    return Network.builder("products", Shape.of(3, 5, 4))
        .add("square", new Multiply(), "input", "input")
        .add("conv", new Conv2d(3, 3).padding(1))
        .add("twice", new Multiply(), "conv", "conv")
        .add("masked", new Multiply(), "twice", "input")
        .add("relu", new Relu())
        .add("flat", new Flatten())
        .add("linear", new Linear(60), "flat")
        .add("gated", new Multiply(), "flat", "linear")
        .add("alike", new Multiply(), "gated", "linear")
        .add("head", new Linear(5))
        .build();
  }
}
