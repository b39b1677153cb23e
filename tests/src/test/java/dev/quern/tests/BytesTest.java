package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.fixtures.AnyLayer;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.BytesReference;
import dev.quern.reference.layer.QuantizedConv2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Means, sums, products and functions between bytes: the twins' bits. */
class BytesTest {
  private static final FakeQuantize IN = new FakeQuantize(0.011f, 113, 0, 255);
  private static final FakeQuantize OTHER = new FakeQuantize(0.0075f, 20, -128, 127);
  private static final FakeQuantize OUT = new FakeQuantize(0.009f, -13, -128, 127);

  /** Who reads the bytes of {@code out}, so that there are any. */
  private static Network read(NetworkBuilder b) {
    return b.add("last", new QuantizedConv2d(new Conv2d(2, 1)), "out")
        .output("out", "last")
        .build();
  }

  /** The steps that {@code out} stands for, of some samples, and of fewer; one thread or many. */
  private static void same(Network network, Map<String, NdArray> inputs, NdArray wanted) {
    int threads = Engine.info().threads();
    try (Model model = Model.of(ModelData.untrained(network, 3));
        Arena a = new Arena()) {
      for (int some : new int[] {threads, 1}) {
        Engine.setThreads(some);
        Map<String, Tensor> x = new LinkedHashMap<>();
        inputs.forEach((name, v) -> x.put(name, Values.tensor(a, v)));
        float[] got = model.predict(x).get("out").toArray();
        assertThat(got).hasSize(wanted.size());
        for (int i = 0; i < got.length; i++) {
          assertThat(got[i]).as("number %d", i).isEqualTo((float) wanted.get(i));
        }
      }
    } finally {
      Engine.setThreads(threads);
    }
  }

  private static NdArray steps(FakeQuantize q, NdArray x) {
    return QuantizedConv2dReference.steps(q, x);
  }

  private static NdArray numbers(NdArray steps) {
    return QuantizedConv2dReference.numbers(OUT, steps);
  }

  static Stream<AvgPool2d> windows() {
    Values v = Values.floats(7);
    return IntStream.range(0, 40)
        .mapToObj(
            i -> {
              AvgPool2d pool =
                  new AvgPool2d(new Size(v.nextInt(1, 4), v.nextInt(1, 4)))
                      .stride(new Size(v.nextInt(1, 3), v.nextInt(1, 3)))
                      .ceilMode(i % 2 == 0)
                      .countIncludePad(i % 3 > 0);
              if (i % 4 == 1) {
                pool = pool.dilation(new Size(v.nextInt(1, 2), v.nextInt(1, 3)));
              }
              int height = pool.dilation().height() * (pool.kernel().height() - 1);
              int width = pool.dilation().width() * (pool.kernel().width() - 1);
              return pool.padding(
                  v.nextInt(0, width),
                  v.nextInt(0, width),
                  v.nextInt(0, height),
                  v.nextInt(0, height));
            });
  }

  @ParameterizedTest
  @MethodSource("windows")
  void averages(AvgPool2d pool) {
    Values v = Values.floats(Values.seedOf(pool));
    Shape in = Shape.of(v.nextInt(1, 70), v.nextInt(8, 12), v.nextInt(8, 13));
    NdArray x = v.array(in.batch(3));
    NetworkBuilder b = Network.builder("avg", in).add("in", IN).add("pool", pool).add("out", OUT);
    NdArray wanted = BytesReference.avgPool2d(pool, IN, steps(IN, x), OUT);
    same(read(b), Map.of("input", x), numbers(wanted));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 11})
  void averagesToASize(int size) {
    for (int channels : new int[] {1, 17, 64, 130}) {
      AdaptiveAvgPool2d pool = new AdaptiveAvgPool2d(new Size(size, Math.max(1, size - 1)));
      Shape in = Shape.of(channels, 9, 7);
      NdArray x = Values.floats(size).array(in.batch(2));
      NetworkBuilder b = Network.builder("avg", in).add("in", IN).add("pool", pool).add("out", OUT);
      NdArray wanted = BytesReference.adaptiveAvgPool2d(pool, IN, steps(IN, x), OUT);
      same(read(b), Map.of("input", x), numbers(wanted));
    }
  }

  /** Where no rounding follows: at a network's end. */
  @Test
  void averagesAsFloats() {
    Shape in = Shape.of(19, 8, 7);
    NdArray x = Values.floats(1).array(in.batch(2));
    AvgPool2d pool = new AvgPool2d(3).stride(2).padding(1).countIncludePad(false);
    AdaptiveAvgPool2d global = new AdaptiveAvgPool2d(1);
    for (Layer layer : List.of(pool, global)) {
      Network network =
          Network.builder("floats", in)
              .add("in", IN)
              .add("out", layer)
              .add("conv", new QuantizedConv2d(new Conv2d(2, 1)), "in")
              .output("out", "conv")
              .build();
      NdArray wanted =
          layer == pool
              ? BytesReference.avgPool2d(pool, IN, steps(IN, x), null)
              : BytesReference.adaptiveAvgPool2d(global, IN, steps(IN, x), null);
      same(network, Map.of("input", x), wanted);
    }
  }

  private static NetworkBuilder two(Shape a, Shape b) {
    return Network.builder("two")
        .input("a", a)
        .input("b", b)
        .add("qa", IN, "a")
        .add("qb", OTHER, "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "relu", "relu6"})
  void pairs(String end) {
    float low = end.equals("none") ? Float.NEGATIVE_INFINITY : 0;
    float high = end.equals("relu6") ? 6 : Float.POSITIVE_INFINITY;
    for (int channels : new int[] {1, 5, 16, 33, 67}) {
      Shape in = Shape.of(channels, 5, 7);
      NdArray a = Values.floats(1).array(in.batch(3));
      for (boolean multiplies : new boolean[] {false, true}) {
        for (boolean perChannel : new boolean[] {false, multiplies}) {
          Shape other = perChannel ? Shape.of(channels, 1, 1) : in;
          NdArray c = Values.floats(2).array(other.batch(3));
          NetworkBuilder b = two(in, other);
          Layer pair = multiplies ? new Multiply() : new Add();
          b.add("pair", pair, perChannel ? "qb" : "qa", perChannel ? "qa" : "qb");
          if (!end.equals("none")) {
            b.add("end", end.equals("relu") ? new Relu() : new Relu6());
          }
          NdArray x = steps(IN, a);
          NdArray y = steps(OTHER, c);
          NdArray wanted =
              multiplies
                  ? BytesReference.multiply(IN, x, OTHER, y, OUT, low, high)
                  : BytesReference.add(IN, x, OTHER, y, OUT, low, high);
          same(read(b.add("out", OUT)), Map.of("a", a, "b", c), numbers(wanted));
        }
      }
    }
  }

  @Test
  void productsOfOtherShapesAreRefused() {
    NdArray x = new NdArray(Shape.of(2, 3, 4, 5));
    for (Shape wrong : List.of(Shape.of(2, 3), Shape.of(2, 3, 4, 1), Shape.of(1, 3, 1, 1))) {
      NdArray y = new NdArray(wrong);
      assertThatThrownBy(() -> BytesReference.multiply(IN, x, OTHER, y, OUT, 0, 6))
          .isInstanceOf(ShapeException.class);
    }
    assertThatThrownBy(() -> BytesReference.multiply(IN, x, OTHER, x, null, 0, 6))
        .isInstanceOf(InvalidArgumentException.class);
  }

  /** One of each, its options drawn, and some more. */
  static Stream<Layer> functions() {
    Random random = new Random(5);
    return Stream.concat(
        Stream.of(new Relu(), new Gelu(), new Gelu(Gelu.Approximate.TANH), new Power(3)),
        LayerTypes.all().stream()
            .filter(t -> Activation.class.isAssignableFrom(t.layer()))
            .filter(t -> t.layer() != FakeQuantize.class && t.layer() != Power.class)
            .map(t -> AnyLayer.of(t, random)));
  }

  /** What floats give that are made of bytes and become bytes again. */
  @ParameterizedTest
  @MethodSource("functions")
  void functionsAreTheFloats(Layer function) {
    Shape in = Shape.of(13, 5, 8);
    NdArray x = Values.floats(Values.seedOf(function)).array(in.batch(3));
    NetworkBuilder b = Network.builder("f", in).add("in", IN).add("f", function).add("out", OUT);
    NdArray from = QuantizedConv2dReference.numbers(IN, steps(IN, x));
    for (int i = 0; i < from.size(); i++) {
      from.add(i, 0); // no byte is -0
    }
    try (Arena arena = new Arena()) {
      Tensor t = Values.tensor(arena, from);
      float[] made =
          function instanceof Activation a
              ? Eager.of(a).forward(t).toArray()
              : Eager.of(((Relu) function)).forward(t).toArray();
      NdArray values = new NdArray(x.shape());
      for (int i = 0; i < made.length; i++) {
        values.set(i, Float.isNaN(made[i]) ? Float.NEGATIVE_INFINITY : made[i]);
      }
      same(read(b), Map.of("input", x), numbers(steps(OUT, values)));
    }
  }
}
