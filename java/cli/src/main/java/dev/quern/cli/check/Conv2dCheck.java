package dev.quern.cli.check;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Conv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Checks an implementation of conv2d in all three passes, with each test convolution that the
 * implementation supports.
 */
final class Conv2dCheck {
  private record Case(Conv2d layer, Shape input) {}

  /** Test convolutions; every implementation supports at least one of them. */
  private static final List<Case> CASES =
      List.of(
          new Case(new Conv2d(32, 3).padding(1), Shape.of(2, 32, 14, 13)),
          new Case(new Conv2d(24, 1), Shape.of(3, 17, 9, 7)),
          new Case(new Conv2d(20, 3).padding(1).groups(20), Shape.of(2, 20, 11, 9)),
          new Case(new Conv2d(4, 3).padding(1), Shape.of(2, 3, 12, 11)),
          new Case(new Conv2d(16, 5).stride(2).padding(2), Shape.of(2, 8, 15, 13)),
          new Case(new Conv2d(12, 3).dilation(2).groups(2), Shape.of(2, 10, 11, 12)));

  private Conv2dCheck() {}

  static KernelCheck.Result run(String implementation) {
    double worst = 0;
    int ran = 0;
    for (Case c : CASES) {
      if (Eager.of(c.layer).accepts(implementation, c.input)) {
        worst = Math.max(worst, error(implementation, c));
        ran++;
      }
    }
    return new KernelCheck.Result(worst, ran == 0 ? "" : ran + " convolutions");
  }

  private static double error(String implementation, Case c) {
    SplittableRandom random = new SplittableRandom(1);
    NdArray x = drawn(random, c.input);
    NdArray w = drawn(random, c.layer.weightShape(c.input.dim(1)));
    NdArray b = drawn(random, Shape.of(c.layer.outChannels()));
    NdArray dy = drawn(random, c.layer.outputShape(c.input.sample()).batch(c.input.dim(0)));
    Conv2dPass.Forced forced = Conv2dPass.force(implementation);
    try (Arena arena = new Arena()) {
      Tensor input = tensor(arena, x);
      Tensor weight = tensor(arena, w);
      Tensor gradOutput = tensor(arena, dy);
      Tensor y = Eager.of(c.layer).forward(input, weight, tensor(arena, b));
      Tensor dx = Eager.of(c.layer).backwardData(gradOutput, weight, c.input);
      Gradients g = Eager.of(c.layer).backwardWeights(input, gradOutput);
      return Math.max(
          Math.max(
              error(y, Conv2dReference.forward(c.layer, x, w, b)),
              error(dx, Conv2dReference.backwardData(c.layer, dy, w, c.input))),
          error(g.weight(), Conv2dReference.backwardWeights(c.layer, x, dy)));
    } finally {
      forced.close();
    }
  }

  private static NdArray drawn(SplittableRandom random, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return NdArray.of(shape, values);
  }

  private static Tensor tensor(Arena arena, NdArray a) {
    return arena.tensor(a.shape(), a.toFloats());
  }

  static double error(Tensor actual, NdArray expected) {
    float[] values = actual.toArray();
    double scale = 0;
    double difference = 0;
    for (int i = 0; i < values.length; i++) {
      scale = Math.max(scale, Math.abs(expected.get(i)));
      double d = Math.abs(values[i] - expected.get(i));
      difference = Math.max(difference, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
    }
    return difference / scale;
  }
}
