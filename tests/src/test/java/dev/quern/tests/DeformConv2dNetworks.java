package dev.quern.tests;

import static dev.quern.tests.Work.tensor;

import dev.quern.eager.DeformConv2dPass;
import dev.quern.eager.Eager;
import dev.quern.layer.Conv2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Constant;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Networks of deformable convolutions whose offsets and masks convolutions compute. */
final class DeformConv2dNetworks {
  private DeformConv2dNetworks() {}

  static Stream<Network> all() {
    return Stream.of(
        learned(new DeformConv2d(5, 3).padding(1), false),
        learned(new DeformConv2d(6, 3).padding(1).groups(2).offsetGroups(2).bias(false), true),
        learned(new DeformConv2d(4, 2).stride(2).padding(1).dilation(2).groups(4), true),
        twice(),
        first());
  }

  /**
   * Offsets away from whole numbers, where the gradient jumps: small ones by a convolution, added
   * to constants between 0.2 and 0.8.
   */
  private static Network learned(DeformConv2d layer, boolean masked) {
    Shape image = Shape.of(2, 5, 6);
    Shape out = layer.imageOutputShape(Shape.of(4, 5, 6));
    Conv2d like =
        new Conv2d(layer.offsetChannels(), layer.kernel())
            .stride(layer.stride())
            .padding(layer.padding())
            .dilation(layer.dilation());
    NetworkBuilder b =
        Network.builder("deformed by " + layer, image)
            .add("image", new Conv2d(4, 3).padding(1))
            .add("moves", like, Network.INPUT)
            .add("small", new Tanh())
            .add("points", points(layer, out), Network.INPUT)
            .add("offset", new Add(), "small", "points");
    if (masked) {
      Conv2d scores =
          new Conv2d(layer.maskChannels(), layer.kernel())
              .stride(layer.stride())
              .padding(layer.padding())
              .dilation(layer.dilation());
      b.add("scores", scores, Network.INPUT)
          .add("mask", new Sigmoid())
          .add("deformed", layer, "image", "offset", "mask");
    } else {
      b.add("deformed", layer, "image", "offset");
    }
    return b.add("flat", new Flatten()).add("head", new Linear(3)).build();
  }

  private static Constant points(DeformConv2d layer, Shape out) {
    Shape shape = Shape.of(layer.offsetChannels(), out.dim(1), out.dim(2));
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 37 % 5 - 2 + 0.2f + i * 31 % 7 / 10f;
    }
    return new Constant(shape, values);
  }

  /** The same offsets for two layers, and an image that another layer reads, too. */
  private static Network twice() {
    DeformConv2d layer = new DeformConv2d(4, 3).padding(1);
    return Network.builder("deformed-twice", Shape.of(3, 4, 5))
        .add("image", new Conv2d(4, 1))
        .add("offset", new Conv2d(18, 3).padding(1), Network.INPUT)
        .add("first", layer, "image", "offset")
        .add("second", layer, "first", "offset")
        .add("sum", new Add(), "second", "image")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** The image is the network's input and has no gradient. */
  private static Network first() {
    return Network.builder("deforms-its-input", Shape.of(2, 3, 5))
        .add("offset", new Conv2d(8, 2))
        .add("deformed", new DeformConv2d(3, 2), Network.INPUT, "offset")
        .add("flat", new Flatten())
        .build();
  }

  /** All passes, for comparisons of their bits. */
  static List<Tensor> work(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (int groups : new int[] {1, 2}) {
      boolean masked = groups > 1;
      DeformConv2d layer =
          new DeformConv2d(20, 3).padding(1).groups(groups).offsetGroups(groups).bias(!masked);
      Tensor x = tensor(a, v, 2, 70, 17, 19);
      Tensor offset = tensor(a, v, 2, layer.offsetChannels(), 17, 19);
      Tensor mask = masked ? tensor(a, v, 2, layer.maskChannels(), 17, 19) : null;
      Tensor w = tensor(a, v, 20, 70 / groups, 3, 3);
      Tensor y = Eager.of(layer).forward(x, offset, mask, w, masked ? null : tensor(a, v, 20));
      DeformConv2dPass.Gradients g = Eager.of(layer).backward(x, offset, mask, w, y);
      results.addAll(List.of(y, g.input(), g.offset(), g.weight()));
      results.add(masked ? g.mask() : g.bias());
    }
    return results;
  }
}
