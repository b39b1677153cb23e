package dev.quern.tests;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Networks that sample images at points that they compute. */
final class GridSampleNetworks {
  private GridSampleNetworks() {}

  static Stream<Network> all() {
    return Stream.concat(
        Stream.of(transformer(), first()), GridSampleTest.layers().map(l -> flow(l)));
  }

  /** An image warped by a flow that a convolution computes, beside the image itself. */
  private static Network flow(GridSample layer) {
    float[] points = new float[4 * 5 * 2];
    for (int i = 0; i < points.length; i++) {
      points[i] = (i * 37 % 41) / 18f - 1.1f;
    }
    return Network.builder("warped by " + layer, Shape.of(2, 4, 5))
        .add("image", new Conv2d(3, 3).padding(1))
        .add("flow", new Conv2d(2, 1), Network.INPUT)
        .add("small", new Tanh())
        .add("last", new Permute(1, 2, 0))
        .add("points", new Constant(Shape.of(4, 5, 2), points), Network.INPUT)
        .add("grid", new Add(), "last", "points")
        .add("warped", layer, "image", "grid")
        .add("sum", new Add(), "warped", "image")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** The grid of a spatial transformer comes from a linear layer, and has another size. */
  private static Network transformer() {
    return Network.builder("spatial-transformer", Shape.of(2, 4, 4))
        .add("image", new Conv2d(4, 3).padding(1))
        .add("flat", new Flatten(), Network.INPUT)
        .add("theta", new Linear(12))
        .add("grid", new Reshape(2, 3, 2))
        .add("sampled", new GridSample().alignCorners(true), "image", "grid")
        .add("again", new Conv2d(3, 2))
        .add("end", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** The image is the network's input and has no gradient. */
  private static Network first() {
    return Network.builder("samples-its-input", Shape.of(2, 3, 5))
        .add("conv", new Conv2d(2, 1))
        .add("grid", new Permute(2, 1, 0))
        .add("sampled", new GridSample(), Network.INPUT, "grid")
        .add("flat", new Flatten())
        .build();
  }

  /** Both passes on tensors, for tests of threads and processors. */
  static List<Tensor> work(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (GridSample.Mode mode : GridSample.Mode.values()) {
      GridSample layer = new GridSample().mode(mode);
      Tensor x = Work.tensor(a, v, 2, 131, 17, 19);
      Tensor grid = Work.tensor(a, v, 2, 40, 33, 2);
      Tensor y = Eager.of(layer).forward(x, grid);
      BinaryGradients g = Eager.of(layer).backward(x, grid, y);
      results.addAll(List.of(y, g.input(), g.other()));
    }
    return results;
  }
}
