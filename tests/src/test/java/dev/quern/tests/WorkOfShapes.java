package dev.quern.tests;

import static dev.quern.tests.Work.tensor;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.eager.PReluPass;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** {@link Work} of the operators that change shapes. */
final class WorkOfShapes {
  private WorkOfShapes() {}

  static List<Work> all() {
    ConvTranspose2d plain = new ConvTranspose2d(24, 3).stride(2).padding(1).outputPadding(1);
    ConvTranspose2d odd =
        new ConvTranspose2d(18, new Size(3, 2)).dilation(3).outputPadding(2).groups(3);
    return List.of(
        convTranspose2d(plain, 8, 16, 16, 17),
        convTranspose2d(odd, 9, 12, 31, 37),
        passes(Resizing.of(new AdaptiveAvgPool2d(1)), 9, 67, 33, 31),
        passes(Resizing.of(new AdaptiveAvgPool2d(7)), 9, 16, 33, 31),
        passes(Resizing.of(new ZeroPad2d(1, 2, 3, 4)), 9, 16, 33, 31),
        passes(Resizing.of(new ReflectionPad2d(1, 2, 3, 4)), 9, 16, 33, 31),
        passes(Resizing.of(new ReplicationPad2d(1, 2, 3, 4)), 9, 16, 33, 31),
        passes(Resizing.of(new CircularPad2d(1, 2, 3, 4)), 9, 16, 33, 31),
        passes(Resizing.of(new UpsampleNearest2d(2)), 9, 16, 17, 19),
        passes(Resizing.of(new UpsampleBilinear2d(2)), 9, 16, 17, 19),
        passes(Resizing.of(new UpsampleBilinear2d(new Size(3, 2), true)), 9, 16, 17, 19),
        adaptiveMaxPool2d(),
        prelu(1),
        prelu(40),
        passes(Moving.of(new Gather(0, 3, 0, 3, 3, -1, 15)), 9, 16, 33, 31),
        passes(Moving.of(new Gather(-1, ramp(100_000))), 2, 3, 1000),
        passes(Moving.of(new Permute(2, 0, 1)), 9, 16, 133, 31),
        concat(new Concat(0), 9, 16, 33, 31),
        concat(new Concat(1), 9, 16, 33, 31),
        concat(new Concat(-1), 3, 20, 1000),
        reduction(new Sum(0, 2)),
        reduction(new Amax(1, 2)),
        reduction(new Prod(0)),
        multiply(40, 40),
        multiply(1, 1),
        multiply(40, 1),
        where());
  }

  private static Work convTranspose2d(ConvTranspose2d layer, long... input) {
    return new Work(
        layer.toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, input);
          Tensor w = tensor(a, v, layer.weightShape(input[1]).toArray());
          Tensor y = Eager.of(layer).forward(x, w, tensor(a, v, layer.outChannels()));
          List<Tensor> results = new ArrayList<>(List.of(y));
          results.add(Eager.of(layer).backwardData(y, w, x.shape()));
          Work.add(results, Eager.of(layer).backwardWeights(x, y));
          return results;
        });
  }

  private static Work passes(Twinned r, long... input) {
    return new Work(
        r.layer().toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, input);
          Tensor y = r.forward().apply(x);
          return List.of(y, r.backward().apply(y, x.shape()));
        });
  }

  private static Work concat(Concat layer, long... input) {
    return new Work(
        layer + " of " + input.length + " axes",
        (a, v) -> {
          Tensor x = tensor(a, v, input);
          Tensor y = Eager.of(layer).forward(x, tensor(a, v, input));
          return List.of(y, Eager.of(layer).backward(y, x.shape(), 3));
        });
  }

  private static Work reduction(Reduction layer) {
    return new Work(
        layer.toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, 9, 70, 33, 31);
          Tensor y = Eager.of(layer).forward(x);
          return List.of(y, Eager.of(layer).backward(x, y));
        });
  }

  private static int[] ramp(int n) {
    return IntStream.range(0, n).map(i -> i * 7 % 1000).toArray();
  }

  private static Work adaptiveMaxPool2d() {
    AdaptiveMaxPool2d layer = new AdaptiveMaxPool2d(7);
    return new Work(
        layer.toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, 9, 16, 33, 31);
          Tensor y = Eager.of(layer).forward(x);
          return List.of(y, Eager.of(layer).backward(x, y));
        });
  }

  private static Work prelu(int parameters) {
    PRelu layer = new PRelu(parameters);
    return new Work(
        layer.toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, 5, 40, 33, 31);
          Tensor w = tensor(a, v, parameters);
          Tensor y = Eager.of(layer).forward(x, w);
          PReluPass.Backward g = Eager.of(layer).backward(x, w, y);
          return List.of(y, g.input(), g.weight());
        });
  }

  private static Work where() {
    return new Work(
        "where",
        (a, v) -> {
          Tensor condition =
              Values.tensor(a, new Values(Values.Kind.INTEGERS, 2).array(5, 1, 40, 40));
          Tensor x = tensor(a, v, 5, 70, 1, 40);
          Tensor other = tensor(a, v, 5, 1, 40, 1);
          Tensor y = Eager.of(new Where()).forward(condition, x, other);
          BinaryGradients back = Eager.of(new Where()).backward(condition, x, other, y);
          return List.of(y, back.input(), back.other());
        });
  }

  private static Work multiply(long h, long w) {
    return new Work(
        "multiply by " + h + "x" + w,
        (a, v) -> {
          Tensor x = tensor(a, v, 5, 70, 40, 40);
          Tensor other = tensor(a, v, 5, 70, h, w);
          Tensor y = Eager.of(new Multiply()).forward(x, other);
          BinaryGradients back = Eager.of(new Multiply()).backward(x, other, y);
          return List.of(y, back.input(), back.other());
        });
  }
}
