package dev.quern.tests;

import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import java.util.List;
import java.util.stream.Stream;

/** Networks of volumes: the layers by themselves, and layers of other memory orders among them. */
final class VolumeNetworks {
  private VolumeNetworks() {}

  static Stream<Network> all() {
    return Stream.concat(layers(), whole());
  }

  static Stream<Network> whole() {
    return Stream.of(video(), factored(), residual(), orders(), joined(), gated());
  }

  private static Stream<Network> layers() {
    return Stream.of(
        on(new Conv3d(5, 3)),
        on(new Conv3d(3, 3).padding(1).stride(2).bias(false)),
        on(new Conv3d(6, new Size3(3, 2, 1)).padding(new Size3(2, 1, 0)).groups(2)),
        on(new Conv3d(4, 2).dilation(new Size3(3, 2, 1)).padding(new Size3(3, 1, 1))),
        on(new Conv3d(4, 3).padding(1).groups(4)),
        on(new Conv3d(5, new Size3(1, 3, 3)).padding(new Size3(0, 1, 1))),
        on(new Conv3d(5, new Size3(1, 2, 3)).stride(new Size3(2, 1, 2))),
        on(new Conv3d(5, new Size3(1, 2, 2)).padding(new Size3(1, 0, 0))),
        on(new Conv3d(5, new Size3(3, 1, 1)).padding(new Size3(1, 0, 0)).bias(false)),
        on(new Conv3d(5, new Size3(2, 1, 1)).stride(new Size3(2, 1, 1)).groups(1)),
        on(new Conv3d(7, 1)),
        on(new Conv3d(7, 1).stride(2)),
        on(
            new Conv3d(2, new Size3(5, 1, 2))
                .padding(new Size3(4, 0, 0))
                .stride(new Size3(3, 1, 1))),
        on(new MaxPool3d(2)),
        on(new MaxPool3d(3).stride(2).padding(1).ceilMode(true)),
        on(new MaxPool3d(2).stride(1).dilation(new Size3(3, 2, 1)).padding(new Size3(1, 1, 0))),
        on(new MaxPool3d(new Size3(1, 2, 2))),
        on(new MaxPool3d(new Size3(2, 1, 1)).stride(1)),
        on(new MaxPool3d(1)),
        on(new AvgPool3d(2)),
        on(new AvgPool3d(3).stride(2).padding(1).ceilMode(true)),
        on(
            new AvgPool3d(new Size3(3, 2, 1))
                .stride(1)
                .padding(new Size3(1, 1, 0))
                .countIncludePad(false)),
        on(new AvgPool3d(new Size3(1, 3, 2)).ceilMode(true)),
        on(new BatchNorm3d()),
        on(new BatchNorm3d(0.3f, 1e-2f), new Relu()),
        on(new Dropout(0.2f)));
  }

  /** Behind a convolution that makes 4x5x4x3 of 2x5x4x3. */
  private static Network on(Layer... layers) {
    NetworkBuilder b = Network.builder(List.of(layers).toString(), Shape.of(2, 5, 4, 3));
    b.add("before", new Conv3d(4, new Size3(3, 1, 1)).padding(new Size3(1, 0, 0)));
    Stream.of(layers).forEach(b::add);
    return b.add("flat", new Flatten()).add("after", new Linear(3)).build();
  }

  private static Network video() {
    return Network.of(
        "video",
        Shape.of(3, 4, 6, 6),
        new Conv3d(8, new Size3(3, 5, 5)).padding(new Size3(1, 2, 2)).stride(new Size3(1, 2, 2)),
        new Relu(),
        new MaxPool3d(2),
        new Conv3d(9, 1),
        new Relu6(),
        new Mean(List.of(1, 2, 3), false),
        new Linear(3));
  }

  /** A convolution of each frame, then one along the frames, as in R(2+1)D. */
  private static Network factored() {
    return Network.of(
        "factored",
        Shape.of(2, 4, 5, 5),
        new Conv3d(6, new Size3(1, 3, 3)).padding(new Size3(0, 1, 1)).bias(false),
        new BatchNorm3d(),
        new Relu(),
        new Conv3d(4, new Size3(3, 1, 1))
            .padding(new Size3(1, 0, 0))
            .stride(new Size3(2, 1, 1))
            .bias(false),
        new BatchNorm3d(),
        new Silu(),
        new AvgPool3d(2),
        new Flatten(),
        new Linear(3));
  }

  /** Convolution, normalization, sum and ReLU run as one operation. */
  private static Network residual() {
    return Network.builder("residual volumes", Shape.of(2, 4, 5, 4))
        .add("stem", new Conv3d(4, 3).padding(1))
        .add("conv", new Conv3d(4, 3).padding(1).bias(false))
        .add("norm", new BatchNorm3d())
        .add("sum", new Add(), "norm", "stem")
        .add("relu", new Relu())
        .add("down", new Conv3d(6, 3).padding(1).stride(2).bias(false))
        .add("down_norm", new BatchNorm3d())
        .add("short", new Conv3d(6, 1).stride(2).bias(false), "relu")
        .add("short_norm", new BatchNorm3d())
        .add("sum2", new Add(), "down_norm", "short_norm")
        .add("relu2", new Relu())
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  /** The input is in C, D, H, W order, a layer's output is channels-last. */
  private static Network orders() {
    return Network.builder("orders of volumes", Shape.of(3, 2, 3, 4))
        .add("conv", new Conv3d(3, 3).padding(1))
        .add("sum", new Add(), "conv", "input")
        .add("relu", new Relu())
        .add("again", new Conv3d(3, 1), "relu")
        .add("gate", new Multiply(), "again", "conv")
        .add("masked", new Multiply(), "input", "gate")
        .add("turned", new Permute(2, 0, 1, 3))
        .add("row", new Reshape(6, 3, 4))
        .add("flat", new Flatten())
        .add("head", new Linear(2))
        .build();
  }

  /** Along channels and along the depth. */
  private static Network joined() {
    return Network.builder("joined volumes", Shape.of(2, 3, 4, 4))
        .add("one", new Conv3d(3, 3).padding(1))
        .add("two", new Conv3d(5, 1), "input")
        .add("channels", new Concat(), "one", "two")
        .add("conv", new Conv3d(3, new Size3(2, 3, 3)))
        .add("part", new Slice(1, 0, 2), "one")
        .add("same", new Conv3d(3, new Size3(1, 3, 3)))
        .add("depth", new Concat(1), "conv", "same")
        .add("after", new Conv3d(2, 2))
        .add("flat", new Flatten())
        .add("head", new Linear(2))
        .build();
  }

  /** Squeeze-and-excitation of volumes. */
  private static Network gated() {
    return Network.builder("gated volumes", Shape.of(2, 3, 4, 4))
        .add("conv", new Conv3d(6, 3).padding(1))
        .add("mean", new Mean(List.of(1, 2, 3), true))
        .add("gate", new Conv3d(6, 1))
        .add("sigmoid", new Sigmoid())
        .add("scaled", new Multiply(), "conv", "sigmoid")
        .add("after", new Conv3d(3, 3))
        .add("flat", new Flatten())
        .add("head", new Linear(2))
        .build();
  }
}
