package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;

/** Any network comes back equal from its text, whatever layers it has in whatever order. */
class NetworkJsonPropertyTest {
  @Property(seed = "20170825", tries = 500)
  void readUndoesWrite(@ForAll("networks") Network network) {
    assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
  }

  /**
   * A layer type that this test or the table of codecs forgets is a type that no model can be saved
   * with.
   */
  @Example
  void everyLayerTypeTakesPart() {
    RandomGenerator<Layer> generator = layers().generator(1000, false);
    Random random = new Random(3);
    Set<Class<?>> made = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      made.add(generator.next(random).value().getClass());
    }
    assertThat(made).isEqualTo(Set.copyOf(LayerTypes.all()));
  }

  /** Those that take two inputs, no more. */
  private static final Set<Class<?>> PAIRS =
      Set.of(Multiply.class, Subtract.class, Divide.class, Pow.class, Compare.class);

  @Provide
  Arbitrary<Network> networks() {
    Arbitrary<Shape> inputs =
        Combinators.combine(sizes(1, 8), Arbitraries.integers().between(1, 5))
            .as(
                (s, c) ->
                    s.height() == 1
                        ? Shape.of(c * 12L, s.width() + 20)
                        : Shape.of(c * 12L, s.height() + 20, s.width() + 20));
    return Combinators.combine(inputs, layers().list().ofMinSize(1).ofMaxSize(8), bits())
        .as(NetworkJsonPropertyTest::network);
  }

  private static Arbitrary<List<Boolean>> bits() {
    return Arbitraries.of(true, false).list().ofSize(8);
  }

  /** Those of the layers that fit behind the ones before, some named, some fed by the input. */
  private static Network network(Shape input, List<Layer> layers, List<Boolean> bits) {
    List<Network.Node> nodes = new ArrayList<>();
    nodes.add(new Network.Node("first", new Relu(), List.of(Network.INPUT)));
    for (int i = 0; i < layers.size(); i++) {
      String last = nodes.get(nodes.size() - 1).name();
      List<String> from = List.of(bits.get(i) ? last : Network.INPUT);
      if (layers.get(i).merges()) {
        from =
            PAIRS.contains(layers.get(i).getClass())
                ? List.of(last, last)
                : List.of(last, Network.INPUT, last);
      }
      nodes.add(new Network.Node("block" + i + ".layer", layers.get(i), from));
      if (!Network.check(input, nodes).isEmpty()) {
        nodes.remove(nodes.size() - 1);
      }
    }
    return new Network("a \"name\" with ünïcode \\ and \n", input, nodes);
  }

  private static Arbitrary<Layer> layers() {
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    Arbitrary<Layer> conv =
        Combinators.combine(
                Arbitraries.integers().between(1, 5),
                sizes(1, 4),
                sizes(1, 3),
                sizes(0, 2),
                sizes(1, 2),
                Arbitraries.of(1, 2, 3, 12),
                flag)
            .as((out, k, s, p, d, g, b) -> new Conv2d(out * g, k, s, p, d, g, b));
    Arbitrary<Layer> max =
        Combinators.combine(sizes(2, 4), sizes(1, 4), sizes(0, 1), sizes(1, 2), flag)
            .as(MaxPool2d::new);
    Arbitrary<Layer> average =
        Combinators.combine(sizes(2, 4), sizes(1, 4), sizes(0, 1), flag, flag).as(AvgPool2d::new);
    Arbitrary<Integer> within = Arbitraries.integers().between(0, 2);
    Arbitrary<Layer> pooled =
        Combinators.combine(sizes(3, 5), sizes(1, 3), within, within, within, within, flag)
            .as(
                (k, d, l, r, t, b, largest) ->
                    largest
                        ? new MaxPool2d(k).dilation(d).padding(l, r, t, b)
                        : new AvgPool2d(k).dilation(d).padding(l, r, t, b));
    Arbitrary<Layer> linear =
        Combinators.combine(Arbitraries.integers().between(1, Integer.MAX_VALUE), flag)
            .as(Linear::new);
    Arbitrary<Layer> whole =
        Arbitraries.oneOf(
            conv.flatMap(c -> quantMax().map(most -> new QuantizedConv2d((Conv2d) c, most))),
            linear.flatMap(l -> quantMax().map(most -> new QuantizedLinear((Linear) l, most))));
    Arbitrary<Layer> norm =
        Combinators.combine(
                Arbitraries.floats().between(0, 1), Arbitraries.floats().between(0, 1e-2f))
            .as(BatchNorm2d::new);
    Arbitrary<Float> eps = Arbitraries.floats().between(0, 1e-2f);
    Arbitrary<Layer> groups =
        Combinators.combine(Arbitraries.of(1, 2, 3), eps, flag).as(GroupNorm::new);
    Arbitrary<Layer> layer =
        Combinators.combine(sizes(1, 30), eps, flag, flag)
            .as((s, e, w, b) -> new LayerNorm(Shape.of(s.height(), s.width()), e, w, b));
    Arbitrary<Layer> plain =
        Arbitraries.of(
            new Relu(), new Flatten(), new Softmax(), new LogSoftmax(), new Add(), new Multiply());
    Arbitrary<Float> p = Arbitraries.floats().between(0, 1);
    Arbitrary<Integer> side = Arbitraries.integers().between(0, 3);
    Arbitrary<Layer> padded =
        Combinators.combine(sizes(1, 5), sizes(1, 3), side, side, side, side, flag)
            .as(
                (k, d, l, r, t, b, same) -> {
                  Conv2d dilated = new Conv2d(2, k).dilation(d);
                  return same ? dilated.padding("same") : dilated.padding(l, r, t, b);
                });
    return Arbitraries.oneOf(
        conv,
        padded,
        max,
        average,
        pooled,
        linear,
        whole,
        norm,
        groups,
        layer,
        p.map(Dropout::new),
        p.map(Dropout2d::new),
        plain,
        resizing(),
        signals(),
        shapes(),
        activations(),
        functions());
  }

  private static Arbitrary<Integer> quantMax() {
    return Arbitraries.of(Quantized.LARGEST, Quantized.WIDEST);
  }

  private static Arbitrary<Layer> shapes() {
    Arbitrary<Integer> axis = Arbitraries.integers().between(-3, 2);
    Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
    Arbitrary<Integer> bound = Arbitraries.integers().between(-30, 30);
    return Arbitraries.oneOf(
        few.map(n -> new Reshape(-1, n)),
        Arbitraries.of(new Permute(0, 2, 1), new Permute(1, 0), new Permute(1, 2, 0)),
        Combinators.combine(axis, bound, bound, few).as(Slice::new),
        Combinators.combine(axis, few).as((a, n) -> new Chunk(a, n, n - 1)),
        few.map(ChannelShuffle::new),
        axis.map(Concat::new),
        Combinators.combine(few, Arbitraries.floats().between(0, 9))
            .as((n, x) -> new LocalResponseNorm(n, x, 0.75f, x)),
        Combinators.combine(axis, few).as((a, n) -> new Gather(a, 0, -n, 0)),
        Combinators.combine(axis, Arbitraries.of(true, false))
            .flatAs(
                (a, keep) ->
                    Arbitraries.of(
                        new Argmax(a, keep, !keep),
                        new Argmin(a, !keep, keep),
                        new Amax(List.of(a), keep),
                        new Amin(List.of(a), keep),
                        new Mean(List.of(a), keep),
                        new Prod(List.of(a), keep),
                        new Sum(List.of(a), keep))),
        Arbitraries.floats()
            .between(-9, 9)
            .map(v -> new Constant(Shape.of(1, 2), new float[] {v, 1})),
        Arbitraries.of(
            new Matmul(),
            new Subtract(),
            new Divide(),
            new Maximum(),
            new Minimum(),
            new Pow(),
            new Where(),
            new ResizeLike(),
            new ResizeLike(ResizeLike.Mode.NEAREST_EXACT),
            new Compare(Compare.Kind.EQUAL),
            new Compare(Compare.Kind.GREATER_OR_EQUAL)));
  }

  /** They fit where an image's height is 1. */
  private static Arbitrary<Layer> signals() {
    Arbitrary<Integer> few = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> padding = Arbitraries.integers().between(0, 1);
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    return Arbitraries.oneOf(
        Combinators.combine(few, few, few, padding, few, few, flag)
            .as((out, k, s, p, d, g, b) -> new Conv1d(out * g, k, s, p, d, g, b)),
        Combinators.combine(few, few, few, padding, few, few, flag)
            .as((out, k, s, p, d, g, b) -> new ConvTranspose1d(out * g, k, s, p, 0, g, b, d)),
        Combinators.combine(few, few, padding, few, flag)
            .as((k, s, p, d, c) -> new MaxPool1d(k + 1, s, p, d, c)),
        Combinators.combine(few, few, padding, flag, flag)
            .as((k, s, p, c, i) -> new AvgPool1d(k + 1, s, p, c, i)),
        few.map(AdaptiveAvgPool1d::new),
        Arbitraries.floats().between(0, 1).map(m -> new BatchNorm1d(m, 1e-3f)));
  }

  private static Arbitrary<Layer> resizing() {
    Arbitrary<Integer> side = Arbitraries.integers().between(0, 3);
    Arbitrary<Layer> transposed =
        Combinators.combine(
                Arbitraries.integers().between(1, 5),
                sizes(1, 4),
                sizes(2, 3),
                sizes(0, 2),
                sizes(0, 1),
                Arbitraries.of(1, 2, 3, 12),
                Arbitraries.of(true, false),
                sizes(1, 2))
            .as((out, k, s, p, op, g, b, d) -> new ConvTranspose2d(out * g, k, s, p, op, g, b, d));
    return Arbitraries.oneOf(
        transposed,
        sizes(1, 9).map(AdaptiveAvgPool2d::new),
        sizes(1, 9).map(AdaptiveMaxPool2d::new),
        sizes(1, 2).map(UpsampleNearest2d::new),
        Combinators.combine(sizes(1, 2), Arbitraries.of(true, false)).as(UpsampleBilinear2d::new),
        Combinators.combine(side, side, side, side).as(ReplicationPad2d::new),
        Combinators.combine(side, side, side, side).as(CircularPad2d::new),
        Combinators.combine(side, side, side, side).as(ZeroPad2d::new),
        Combinators.combine(side, side, side, side).as(ReflectionPad2d::new));
  }

  private static Arbitrary<Layer> activations() {
    Arbitrary<Float> number = Arbitraries.floats().between(0, 30);
    Arbitrary<Layer> curves =
        Arbitraries.of(
            new Relu6(),
            new Selu(),
            new Gelu(),
            new Gelu(Gelu.Approximate.TANH),
            new Silu(),
            new Mish(),
            new Hardswish(),
            new Hardsigmoid(),
            new Sigmoid(),
            new Tanh());
    return Arbitraries.oneOf(
        curves,
        number.map(LeakyRelu::new),
        number.map(init -> new PRelu(1, init)),
        number.map(Elu::new),
        Combinators.combine(number, number).as((beta, t) -> new Softplus(beta + 0.1f, t)));
  }

  private static Arbitrary<Layer> functions() {
    Arbitrary<Float> number = Arbitraries.floats().between(0, 30);
    Arbitrary<Layer> plain =
        Arbitraries.of(
            new Abs(),
            new Ceil(),
            new Erf(),
            new Exp(),
            new Floor(),
            new Log(),
            new Reciprocal(),
            new Round(),
            new Sign(),
            new Softsign(),
            new Sqrt());
    return Arbitraries.oneOf(
        plain,
        number.map(alpha -> new Celu(alpha + 0.1f)),
        number.map(Power::new),
        number.map(scale -> new FakeQuantize(scale + 0.1f, 1, -8, 7)),
        Combinators.combine(number, number).as(Affine::new),
        Combinators.combine(number, number).as(Clamp::new));
  }

  private static Arbitrary<Size> sizes(int least, int most) {
    Arbitrary<Integer> one = Arbitraries.integers().between(least, most);
    return Combinators.combine(one, one).as(Size::new);
  }
}
