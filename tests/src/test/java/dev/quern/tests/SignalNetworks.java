package dev.quern.tests;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.stream.Stream;

/** Networks of signals: the layers by themselves, and what memory orders meet in. */
final class SignalNetworks {
  private SignalNetworks() {}

  static Stream<Network> all() {
    return Stream.of(layers(), Stream.of(plain(), residual(), orders(), asImages()))
        .flatMap(n -> n);
  }

  private static Stream<Network> layers() {
    ConvTranspose1d up = new ConvTranspose1d(6, 3);
    return Stream.of(
        on(new Conv1d(5, 3)),
        on(new Conv1d(4, 4).stride(2).padding(3).bias(false)),
        on(new Conv1d(8, 3).groups(4).dilation(2).padding(2)),
        on(up),
        on(up.stride(2).padding(1).outputPadding(1).groups(2)),
        on(up.dilation(2).bias(false)),
        on(new MaxPool1d(2)),
        on(new MaxPool1d(3).stride(2).padding(1).dilation(2).ceilMode(true)),
        on(new AvgPool1d(3).stride(2).padding(1).ceilMode(true)),
        on(new AvgPool1d(3).stride(1).padding(1).countIncludePad(false)),
        on(new AdaptiveAvgPool1d(1)),
        on(new AdaptiveAvgPool1d(4)),
        on(new BatchNorm1d()),
        on(new BatchNorm1d(0.3f, 1e-2f), new Relu()),
        on(new Dropout(0.2f)));
  }

  static Stream<Network> whole() {
    return Stream.of(plain(), residual(), orders(), features(), asImages());
  }

  /** Behind a convolution that makes 4x11 of 3x11. */
  private static Network on(Layer... layers) {
    NetworkBuilder b = Network.builder(List.of(layers).toString(), Shape.of(3, 11));
    b.add("before", new Conv1d(4, 3).padding(1));
    Stream.of(layers).forEach(b::add);
    return b.add("flat", new Flatten()).add("after", new Linear(3)).build();
  }

  /** One channel, without saying so. */
  private static Network plain() {
    return Network.of(
        "signal",
        Shape.of(24),
        new Conv1d(4, 5).padding(2),
        new Relu(),
        new MaxPool1d(2),
        new Conv1d(8, 3),
        new Relu6(),
        new AdaptiveAvgPool1d(1),
        new Flatten(),
        new Linear(3));
  }

  /** Convolution, normalization, sum and ReLU run as one operation. */
  private static Network residual() {
    return Network.builder("residual signal", Shape.of(2, 13))
        .add("stem", new Conv1d(6, 3).padding(1))
        .add("conv", new Conv1d(6, 3).padding(1).bias(false))
        .add("norm", new BatchNorm1d())
        .add("sum", new Add(), "norm", "stem")
        .add("relu", new Relu())
        .add("pool", new AvgPool1d(2))
        .add("layer_norm", new LayerNorm(6, 6))
        .add("rows", new LayerNorm(6))
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  /** The input lies in the callers' order, a signal of the layers' does not: both meet. */
  private static Network orders() {
    return Network.builder("orders of signals", Shape.of(3, 9))
        .add("conv", new Conv1d(3, 3).padding(1))
        .add("sum", new Add(), "conv", "input")
        .add("relu", new Relu())
        .add("again", new Conv1d(3, 1), "relu")
        .add("gated", new Multiply(), "again", "conv")
        .add("masked", new Multiply(), "input", "gated")
        .add("flat", new Flatten())
        .build();
  }

  /** Batch normalization of features, behind a flattened image too. */
  static Network features() {
    return Network.of(
        "features",
        Shape.of(2, 4, 3),
        new Conv2d(3, 2).bias(false),
        new Flatten(),
        new BatchNorm1d(),
        new Relu(),
        new Linear(5, false),
        new BatchNorm1d(),
        new Relu(),
        new Linear(3));
  }

  /** Signals written as images, among layers of images. */
  private static Network asImages() {
    return Network.of(
        "signals as images",
        Shape.of(2, 1, 12),
        new Conv1d(4, 3).padding(1).bias(false),
        new BatchNorm1d(),
        new Relu(),
        new Conv2d(5, new Size(1, 3)),
        new MaxPool1d(2),
        new Flatten(),
        new Linear(3));
  }
}
