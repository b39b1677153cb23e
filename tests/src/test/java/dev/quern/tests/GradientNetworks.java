package dev.quern.tests;

import dev.quern.error.ShapeException;
import dev.quern.fixtures.AnyLayer;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Activation;
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
import dev.quern.layer.math.Multiply;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of layers whose gradients are checked: small networks, each with the layer in its
 * middle, so that what it sends back arrives at weights before it. A new layer adds its lines; a
 * new function of each element is drawn.
 */
final class GradientNetworks {
  /** Differences near a step are not derivatives; ActivationTest checks these gradients. */
  static final Set<Class<?>> STEPS =
      Set.of(Ceil.class, FakeQuantize.class, Floor.class, Round.class, Sign.class);

  private GradientNetworks() {}

  /** Returns those that ONNX of this opset can describe. */
  static List<Network> written(int opset) {
    return all().stream()
        .filter(
            n ->
                n.nodes().stream()
                    .map(Network.Node::layer)
                    .noneMatch(
                        l ->
                            l instanceof Lstm lstm && lstm.cellState()
                                || l instanceof GridSample && opset < 16
                                || l instanceof DeformConv2d && opset < 19))
        .toList();
  }

  static List<Network> all() {
    return Stream.concat(listed().stream(), drawn(listed())).toList();
  }

  /** Layers of one value that none of these has, their options drawn, on images of 4x6x6. */
  private static Stream<Network> drawn(List<Network> listed) {
    Set<Class<?>> met =
        listed.stream()
            .flatMap(n -> n.nodes().stream())
            .map(n -> n.layer().getClass())
            .collect(Collectors.toSet());
    Random random = new Random(46);
    return LayerTypes.all().stream()
        .filter(t -> !met.contains(t.layer()) && !STEPS.contains(t.layer()))
        .map(t -> fitting(t, random));
  }

  private static Network fitting(LayerType<?> type, Random random) {
    for (int i = 0; i < 1000; i++) {
      NetworkBuilder b = Network.builder("drawn " + type.name(), Shape.of(3, 6, 6));
      Layer layer = AnyLayer.of(type, random);
      try {
        Network network = head(b.add("before", new Conv2d(4, 3).padding(1)), layer);
        if (!network.shapes().get("before").equals(network.shapes().get(type.name() + 1))) {
          return network;
        }
      } catch (ShapeException e) {
        // another draw may fit
      }
    }
    throw new AssertionError(type.name() + ": list a network that it fits");
  }

  private static List<Network> listed() {
    return Stream.of(
            Stream.of(conv2d()),
            Stream.of(pools()),
            Stream.of(shapes()),
            SignalNetworks.all(),
            ArithmeticNetworks.all(),
            AttentionNetworks.all(),
            RecurrentNetworks.all(),
            GridSampleNetworks.all(),
            DeformConv2dNetworks.all(),
            VolumeNetworks.all(),
            Stream.of(norms()),
            activations(),
            functions(),
            Stream.of(
                onImages(new Dropout(0.3f)),
                onFeatures(new Dropout()),
                onImages(new Dropout2d(0.3f)),
                onImages(new StochasticDepth(0.3f)),
                onFeatures(new StochasticDepth(0.3f)),
                onImages(new Relu()),
                onFeatures(new Relu()),
                onImages(new PRelu()),
                onImages(new PRelu(4, -0.5f)),
                onImages(new Flatten(), new PRelu(168)),
                onFeatures(new PRelu(6)),
                onImages(new Softmax()),
                onFeatures(new Softmax()),
                onImages(new Flatten(), new Linear(5)),
                onFeatures(new Linear(7)),
                onFeatures(new Linear(6, false)),
                onImages(new QuantizedConv2d(new Conv2d(6, 3).groups(2).padding(0, 1, 1, 0))),
                onImages(
                    new QuantizedConv2d(new Conv2d(5, 3).bias(false)),
                    new BatchNorm2d(),
                    new Relu(),
                    new QuantizedConv2d(new Conv2d(4, 1)),
                    new Flatten(),
                    new QuantizedLinear(new Linear(5))),
                onFeatures(new QuantizedLinear(new Linear(7, false))),
                merging(new Add(), 4, 4),
                merging(new Concat(), 4, 4),
                merging(new Concat(), 3, 5, 1),
                merging(new Multiply(), 4, 4),
                resized(ResizeLike.Mode.NEAREST),
                resized(ResizeLike.Mode.NEAREST_EXACT),
                resized(ResizeLike.Mode.BILINEAR),
                resized(ResizeLike.Mode.BILINEAR_ALIGNED),
                squeezeAndExcitation(),
                bottleneck()))
        .flatMap(s -> s)
        .toList();
  }

  private static Network[] conv2d() {
    return new Network[] {
      onImages(new Conv2d(5, 3)),
      onImages(new Conv2d(3, 1).bias(false)),
      onImages(new Conv2d(4, new Size(2, 3)).stride(new Size(2, 1)).padding(new Size(0, 2))),
      onImages(new Conv2d(3, 3).dilation(new Size(1, 2)).padding(1)),
      onImages(new Conv2d(6, 3).groups(2).padding(1)),
      onImages(new Conv2d(3, new Size(2, 4)).padding("same")),
      onImages(new Conv2d(3, 3).stride(2).padding(0, 1, 2, 0)),
      onImages(new Conv2d(8, 3).groups(4).stride(2).padding(1).bias(false))
    };
  }

  private static Network[] pools() {
    return new Network[] {
      onImages(new MaxPool2d(2)),
      onImages(new MaxPool2d(3).stride(2).padding(1).ceilMode(true)),
      onImages(new MaxPool2d(2).stride(1).dilation(2)),
      onImages(new MaxPool2d(3).stride(2).padding(0, 1, 2, 0)),
      onImages(new AvgPool2d(2)),
      onImages(new AvgPool2d(3).stride(2).padding(1).ceilMode(true)),
      onImages(new AvgPool2d(3).stride(2).padding(0, 1, 2, 0)),
      onImages(new AvgPool2d(2).stride(1).dilation(2).padding(1, 2, 0, 2).countIncludePad(false)),
      onImages(
          new AvgPool2d(new Size(3, 2)).stride(1).padding(new Size(1, 0)).countIncludePad(false))
    };
  }

  private static Network[] shapes() {
    ConvTranspose2d up = new ConvTranspose2d(6, 3);
    return new Network[] {
      onImages(up),
      onImages(up.stride(2).padding(1).outputPadding(1).groups(2)),
      onImages(up.dilation(2).bias(false)),
      onImages(new AdaptiveAvgPool2d(1)),
      onImages(new AdaptiveAvgPool2d(new Size(3, 4))),
      onImages(new AdaptiveMaxPool2d(1)),
      onImages(new AdaptiveMaxPool2d(new Size(3, 4))),
      onImages(new ZeroPad2d(1, 2, 0, 3)),
      onImages(new ReflectionPad2d(1, 2, 0, 3)),
      onImages(new ReplicationPad2d(1, 2, 0, 3)),
      onImages(new CircularPad2d(1, 2, 0, 3)),
      onImages(new UpsampleBilinear2d(2)),
      onImages(new UpsampleBilinear2d(new Size(1, 3), true)),
      onImages(new UpsampleNearest2d(2)),
      onImages(new UpsampleNearest2d(new Size(1, 3)))
    };
  }

  private static Network[] norms() {
    return new Network[] {
      onImages(new BatchNorm2d()),
      onImages(new BatchNorm2d(0.3f, 1e-2f)),
      onImages(new GroupNorm(2)),
      onImages(new GroupNorm(1, 1e-2f, false)),
      onImages(new LocalResponseNorm(3, 0.5f, 0.75f, 1)),
      onImages(new LocalResponseNorm(5, 1, 0.6f, 2)),
      onImages(new LayerNorm(4, 7, 6)),
      onImages(new LayerNorm(Shape.of(7, 6), 1e-5f, true, false)),
      onImages(new LayerNorm(Shape.of(6), 1e-5f, false, false)),
      onFeatures(new GroupNorm(2)),
      onFeatures(new LayerNorm(6)),
      onImages(new RmsNorm(4, 7, 6)),
      onImages(new RmsNorm(Shape.of(6), 1e-5f, false)),
      onFeatures(new RmsNorm(6))
    };
  }

  private static Stream<Network> activations() {
    List<Layer> listed = Stream.of(curves(), ofPositive()).<Layer>flatMap(s -> s).toList();
    Stream<Activation> others =
        AnyLayer.others(listed).stream().filter(l -> !STEPS.contains(l.getClass()));
    return Stream.concat(curves(), others)
        .flatMap(layer -> Stream.of(onImages(layer), onFeatures(layer)));
  }

  private static Stream<Layer> curves() {
    return Stream.of(
        new Elu(),
        new Elu(0.5f),
        new Gelu(),
        new Gelu(Gelu.Approximate.TANH),
        new Hardsigmoid(),
        new Hardswish(),
        new LeakyRelu(),
        new LeakyRelu(0.3f),
        new LogSoftmax(),
        new Mish(),
        new Relu6(),
        new Selu(),
        new Sigmoid(),
        new Silu(),
        new Softplus(),
        new Softplus(2, 1),
        new Tanh(),
        new Abs(),
        new Affine(-0.7f, 0.2f),
        new Celu(0.5f),
        new Clamp(-0.3f, 0.4f),
        new Erf(),
        new Exp(),
        new Power(2),
        new Softsign());
  }

  private static Stream<Activation> ofPositive() {
    return Stream.of(new Log(), new Power(1.7f), new Power(-0.5f), new Reciprocal(), new Sqrt());
  }

  /** Functions of positive numbers only. */
  private static Stream<Network> functions() {
    return ofPositive().map(layer -> onImages(new Softplus(), new Affine(1, 0.2f), layer));
  }

  /** Channels that scale themselves: Hu et al., "Squeeze-and-Excitation Networks", 2018. */
  /** A block of resnet50, halving the image. */
  private static Network bottleneck() {
    NetworkBuilder b = Network.builder("bottleneck", Shape.of(3, 8, 6));
    b.add("before", new Conv2d(4, 3).padding(1));
    b.add("reduce", new Conv2d(3, 1).bias(false));
    b.add("reduce_bn", new BatchNorm2d());
    b.add("reduce_relu", new Relu());
    b.add("conv", new Conv2d(3, 3).stride(2).padding(1).bias(false));
    b.add("conv_bn", new BatchNorm2d());
    b.add("conv_relu", new Relu());
    b.add("expand", new Conv2d(8, 1).bias(false));
    b.add("expand_bn", new BatchNorm2d());
    b.add("shortcut", new Conv2d(8, 1).stride(2).bias(false), "before");
    b.add("shortcut_bn", new BatchNorm2d());
    b.add("merge", new Add(), "expand_bn", "shortcut_bn");
    return head(b, new Relu());
  }

  private static Network squeezeAndExcitation() {
    NetworkBuilder b = Network.builder("squeeze-and-excitation", Shape.of(2, 5, 4));
    b.add("before", new Conv2d(4, 3).padding(1));
    b.add("squeeze", new AdaptiveAvgPool2d(1));
    b.add("excite", new Conv2d(4, 1));
    b.add("gate", new Sigmoid());
    b.add("merge", new Multiply(), "before", "gate");
    return head(b);
  }

  /** Behind a convolution that makes 4x7x6 of 3x7x6. */
  private static Network onImages(Layer... layers) {
    NetworkBuilder b = Network.builder(List.of(layers).toString(), Shape.of(3, 7, 6));
    b.add("before", new Conv2d(4, 3).padding(1));
    return head(b, layers);
  }

  /** Behind a linear layer of 6 outputs. */
  private static Network onFeatures(Layer... layers) {
    NetworkBuilder b = Network.builder(List.of(layers) + " on features", Shape.of(5));
    b.add("before", new Linear(6));
    return head(b, layers);
  }

  private static Network head(NetworkBuilder b, Layer... layers) {
    for (Layer layer : layers) {
      b.add(layer);
    }
    if (b.build().output().rank() > 1) {
      b.add("flat", new Flatten());
    }
    return b.add("after", new Linear(3)).build();
  }

  /** To a smaller height and a larger width, those of a value that others read, too. */
  private static Network resized(ResizeLike.Mode mode) {
    return head(
        Network.builder("resized, " + mode, Shape.of(2, 5, 4))
            .add("before", new Conv2d(4, 3).padding(1))
            .add("size", new Conv2d(4, 2).stride(2).padding(new Size(0, 4)), Network.INPUT)
            .add("resized", new ResizeLike(mode), "before", "size")
            .add("merge", new Add(), "resized", "size"));
  }

  /** Behind convolutions of the input, one of so many channels for each input. */
  private static Network merging(Layer layer, int... channels) {
    NetworkBuilder b = Network.builder(layer + " of " + channels.length, Shape.of(2, 5, 4));
    String[] inputs = new String[channels.length];
    for (int i = 0; i < channels.length; i++) {
      inputs[i] = "before" + i;
      b.add(inputs[i], new Conv2d(channels[i], 3).padding(1), Network.INPUT);
    }
    b.add("merge", layer, inputs);
    return head(b);
  }
}
