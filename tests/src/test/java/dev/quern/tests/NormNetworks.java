package dev.quern.tests;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;

/**
 * Networks with group_norm, layer_norm and rms_norm wherever the memory's order matters to them.
 */
final class NormNetworks {
  private NormNetworks() {}

  static Stream<Network> all() {
    return Stream.of(images(), lastAxes(), features(), withoutParameters(), rows(), end(), rms());
  }

  /** First of all layers, between convolutions, before an in-place ReLU, in a sum. */
  private static Network images() {
    return Network.builder("norms-of-images", Shape.of(3, 7, 6))
        .add("first", new LayerNorm(3, 7, 6))
        .add("conv", new Conv2d(8, 3).padding(1))
        .add("group", new GroupNorm(4))
        .add("relu", new Relu())
        .add("whole", new LayerNorm(Shape.of(8, 7, 6), 1e-3f, true, false))
        .add("channels", new GroupNorm(8, 1e-3f, true), "relu")
        .add("local", new LocalResponseNorm(3, 0.5f, 0.75f, 1), "relu")
        .add("sum", new Add(), "whole", "channels", "local", "relu")
        .add("pool", new MaxPool2d(2))
        .add("flat", new Flatten())
        .add("head", new Linear(5))
        .build();
  }

  /** Biases of the convolutions would be constants, which such a normalization takes away. */
  private static Network lastAxes() {
    return Network.of(
        "norms-over-last-axes",
        Shape.of(3, 5, 6),
        new LayerNorm(6),
        new Conv2d(4, 3).padding(1).bias(false),
        new LayerNorm(5, 6),
        new Relu(),
        new LayerNorm(Shape.of(6), 1e-5f, false, false),
        new Conv2d(5, 3).bias(false),
        new LayerNorm(Shape.of(4), 1e-5f, true, false),
        new Flatten(),
        new Linear(4));
  }

  /** Behind a flattened image, whose memory stays the image's, and behind a linear layer. */
  private static Network features() {
    return Network.builder("norms-of-features", Shape.of(2, 5, 4))
        .add("conv", new Conv2d(6, 2))
        .add("flat", new Flatten())
        .add("layer", new LayerNorm(72))
        .add("relu", new Relu())
        .add("group", new GroupNorm(9))
        .add("left", new Linear(8))
        .add("left_norm", new GroupNorm(2))
        .add("right", new Linear(8), "layer")
        .add("right_norm", new LayerNorm(8))
        .add("sum", new Add(), "left_norm", "right_norm")
        .add("head", new Linear(4))
        .build();
  }

  /** No gradient is needed before the first layer with weights. */
  private static Network withoutParameters() {
    return Network.of(
        "norms-without-parameters",
        Shape.of(4, 4, 5),
        new GroupNorm(2, 1e-5f, false),
        new LayerNorm(Shape.of(4, 4, 5), 1e-5f, false, false),
        new Conv2d(6, 3),
        new GroupNorm(3, 1e-5f, false),
        new LayerNorm(Shape.of(6, 2, 3), 1e-5f, false, false),
        new Flatten(),
        new GroupNorm(4, 1e-5f, false),
        new LayerNorm(Shape.of(36), 1e-5f, false, false),
        new Linear(4),
        new LayerNorm(4));
  }

  /** Samples of two axes. */
  private static Network rows() {
    return Network.of(
        "norms-of-rows",
        Shape.of(5, 6),
        new LayerNorm(6),
        new Relu(),
        new LayerNorm(5, 6),
        new Flatten(),
        new Linear(7));
  }

  /** The output must leave the memory order of the flattened image. */
  private static Network end() {
    return Network.of(
        "ends-in-layer-norm",
        Shape.of(2, 5, 4),
        new Conv2d(3, 3),
        new Flatten(),
        new LayerNorm(18));
  }

  /** Root mean squares over whole images, last axes, a flattened image and features. */
  private static Network rms() {
    return Network.of(
        "root-mean-squares",
        Shape.of(3, 5, 4),
        new RmsNorm(3, 5, 4),
        new Conv2d(6, 2),
        new RmsNorm(4, 3),
        new Relu(),
        new RmsNorm(Shape.of(6, 4, 3), 1e-3f, false),
        new Conv2d(6, 2),
        new RmsNorm(6, 3, 2),
        new Flatten(),
        new RmsNorm(36),
        new Linear(8),
        new RmsNorm(8));
  }
}
