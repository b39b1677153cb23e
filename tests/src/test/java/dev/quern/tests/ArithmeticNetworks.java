package dev.quern.tests;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
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
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Networks of layers that rearrange, cut and combine values, in every memory order. */
final class ArithmeticNetworks {
  private ArithmeticNetworks() {}

  static Stream<Network> all() {
    return Stream.concat(layers(), whole());
  }

  private static Stream<Network> layers() {
    return Stream.of(
        onImages(new Linear(3)),
        onImages(new Linear(5, false), new Conv2d(3, 2)),
        onSignals(new Linear(3)),
        onImages(new Slice(0, 1, 3)),
        onImages(new Slice(1, -4, 100, 2)),
        onImages(new Slice(-1, 0, 5, 3)),
        onSignals(new Slice(0, 1, -1)),
        onSignals(new Slice(1, 2, 9, 2), new Conv1d(2, 2)),
        onFeatures(new Slice(0, 1, 5, 2)),
        onImages(new Flatten(), new Slice(0, 5, -7, 3)),
        onImages(new Chunk(0, 2, 1)),
        onImages(new Chunk(2, 3, 0)),
        onImages(new Gather(0, 3, 0, 3, -2)),
        onImages(new Gather(1, 2, 1, 0, 1, 2, 6, -1, 2)),
        onImages(new Gather(-1, 5, 4, 3, 2, 1, 0), new Conv2d(3, 2)),
        onSignals(new Gather(0, 1, 1, 3)),
        onSignals(new Gather(1, 9, 0, 0, 4), new Conv1d(2, 2)),
        onFeatures(new Gather(0, 4, 4, 0, -1, 4)),
        onImages(new Flatten(), new Gather(0, 5, 0, -7, 5)),
        onImages(new Reshape(2, 2, 7, 3, 2, 1), new Gather(2, 6, 6, 0)),
        onImages(new Permute(0, 1, 2)),
        onImages(new Permute(1, 2, 0)),
        onImages(new Permute(2, 0, 1), new Conv2d(3, 2)),
        onSignals(new Permute(1, 0)),
        onImages(new Reshape(7, -1)),
        onImages(new Reshape(6, 4, 7)),
        onImages(new Reshape(-1), new Relu()),
        onFeatures(new Reshape(3, 2), new Permute(1, 0)),
        onFeatures(new Reshape(2, 3, 1)),
        onSignals(new Reshape(2, 2, -1), new Conv2d(2, 2)),
        onImages(new ChannelShuffle(2)),
        onSignals(new ChannelShuffle(4)),
        onFeatures(new ChannelShuffle(3)),
        onImages(new Mean(1, 2)),
        onImages(new Mean(1, 2).keepDims(true)),
        onImages(new Mean(0).keepDims(true)),
        onImages(new Mean(0)),
        onImages(new Mean(-1, 0).keepDims(true)),
        onImages(new Mean(1).keepDims(true)),
        onImages(new Mean(0, 1, 2)),
        onImages(new Sum(1, 2)),
        onImages(new Sum(0, 2).keepDims(true), new Conv2d(3, 1)),
        onImages(new Sum(2), new Linear(4)),
        onImages(new Amax(1, 2)),
        onImages(new Amax(0).keepDims(true)),
        onImages(new Amin(2).keepDims(true), new Relu()),
        onImages(new Amin(0, 1)),
        onImages(new Prod(0)),
        onImages(new Prod(0, 2).keepDims(true)),
        onImages(new Flatten(), new Amax(0)),
        onImages(new Reshape(2, 2, 7, 3, 2, 1), new Sum(1, -2)),
        onSignals(new Amax(0), new Linear(4)),
        onSignals(new Prod(0).keepDims(true), new Conv1d(2, 2)),
        onFeatures(new Amin(0)),
        onImages(new Argmax(0)),
        onImages(new Argmin(2).keepDim(true), new Conv2d(3, 1)),
        onSignals(new Argmax(-1).selectLast(true)),
        onSignals(new Mean(1)),
        onSignals(new Mean(-2)),
        onFeatures(new Mean(0)),
        pair(new Subtract(), false),
        pair(new Subtract(), true),
        pair(new Divide(), false),
        pair(new Divide(), true),
        pair(new Maximum(), false),
        pair(new Maximum(), true),
        pair(new Minimum(), false),
        pair(new Add(), true),
        stretched(new Add()),
        stretched(new Multiply()),
        stretched(new Subtract()),
        stretched(new Divide()),
        stretched(new Maximum()),
        stretched(new Minimum()),
        stretched(new Pow()),
        compared(),
        chosen(false),
        chosen(true),
        three());
  }

  static Stream<Network> whole() {
    return Stream.concat(
        Stream.of(
            shuffles(),
            attention(),
            products(),
            standardised(),
            orders(),
            halves(),
            meetings(),
            flattened()),
        ConcatNetworks.all());
  }

  /** Behind a convolution that makes 4x7x6 of 3x7x6. */
  private static Network onImages(Layer... layers) {
    NetworkBuilder b = Network.builder(Arrays.toString(layers), Shape.of(3, 7, 6));
    return head(b.add("before", new Conv2d(4, 3).padding(1)), layers);
  }

  /** Behind a convolution that makes 4x10 of 2x10. */
  private static Network onSignals(Layer... layers) {
    NetworkBuilder b = Network.builder(Arrays.toString(layers) + " on signals", Shape.of(2, 10));
    return head(b.add("before", new Conv1d(4, 3).padding(1)), layers);
  }

  /** Behind a linear layer of 6 outputs. */
  private static Network onFeatures(Layer... layers) {
    NetworkBuilder b = Network.builder(List.of(layers) + " on features", Shape.of(5));
    return head(b.add("before", new Linear(6)), layers);
  }

  private static Network head(NetworkBuilder b, Layer... layers) {
    Stream.of(layers).forEach(b::add);
    return b.add("flat", new Flatten()).add("after", new Linear(3)).build();
  }

  /** The second is above 0, for it divides. */
  private static Network pair(Layer layer, boolean perChannel) {
    NetworkBuilder b =
        Network.builder(layer + (perChannel ? " per channel" : ""), Shape.of(2, 5, 4))
            .add("left", new Conv2d(3, 3).padding(1))
            .add("wide", new Conv2d(3, 3).padding(1), "input")
            .add("right", new Softplus());
    if (perChannel) {
      b.add("mean", new Mean(1, 2).keepDims(true));
    }
    return head(b.add("pair", layer, "left", perChannel ? "mean" : "right"));
  }

  /** Rows of channels meet columns: neither is of the shape of what they make; both are above 0. */
  private static Network stretched(Layer layer) {
    return head(
        Network.builder(layer + " stretched", Shape.of(2, 5, 4))
            .add("left", new Conv2d(3, 3).padding(1))
            .add("above", new Softplus())
            .add("rows", new Mean(2).keepDims(true))
            .add("wide", new Conv2d(3, 3).padding(1), "input")
            .add("right", new Softplus())
            .add("columns", new Mean(0, 1).keepDims(true))
            .add("pair", layer, "rows", "columns"));
  }

  /** A comparison lets no gradient pass; it gates a value that does. */
  private static Network compared() {
    return head(
        Network.builder("compared", Shape.of(2, 5, 4))
            .add("left", new Conv2d(3, 3).padding(1))
            .add("mean", new Mean(1, 2).keepDims(true))
            .add(
                "above",
                new dev.quern.layer.math.Compare(dev.quern.layer.math.Compare.Kind.GREATER),
                "left",
                "mean")
            .add("gated", new Multiply(), "above", "left"));
  }

  /** By an image's own signs, of two images or of an image and one value a channel. */
  private static Network chosen(boolean stretched) {
    NetworkBuilder b =
        Network.builder("chosen" + (stretched ? ", stretched" : ""), Shape.of(2, 5, 4))
            .add("left", new Conv2d(3, 3).padding(1))
            .add("right", new Conv2d(3, 3).padding(1), "input");
    if (stretched) {
      b.add("mean", new Mean(1, 2).keepDims(true));
    }
    return head(
        b.add("zero", new Affine(0, 0), "left")
            .add(
                "sign",
                new dev.quern.layer.math.Compare(dev.quern.layer.math.Compare.Kind.LESS),
                "left",
                "zero")
            .add("chosen", new Where(), "sign", stretched ? "mean" : "right", "left"));
  }

  private static Network three() {
    return head(
        Network.builder("maximum of three", Shape.of(2, 5, 4))
            .add("a", new Conv2d(3, 1))
            .add("b", new Conv2d(3, 1), "input")
            .add("c", new Conv2d(3, 1), "input")
            .add("most", new Maximum(), "a", "b", "c"));
  }

  /** A unit of ShuffleNet: half of the channels pass, the other half is convolved, both mix. */
  private static Network shuffles() {
    return Network.builder("shuffles", Shape.of(3, 6, 5))
        .add("stem", new Conv2d(8, 3).padding(1))
        .add("pass", new Chunk(0, 2, 0), "stem")
        .add("work", new Chunk(0, 2, 1), "stem")
        .add("conv", new Conv2d(4, 3).padding(1).groups(4).bias(false))
        .add("norm", new BatchNorm2d())
        .add("relu", new Relu())
        .add("cat", new Concat(), "pass", "relu")
        .add("mix", new ChannelShuffle(2))
        .add("mean", new Mean(1, 2))
        .add("head", new Linear(4))
        .build();
  }

  /** Rows of features: patches of an image, each through the same weights. */
  private static Network attention() {
    return Network.builder("rows", Shape.of(3, 6, 6))
        .add("patches", new Conv2d(5, 2).stride(2))
        .add("rows", new Reshape(5, 9))
        .add("tokens", new Permute(1, 0))
        .add("wide", new Linear(8))
        .add("gate", new Sigmoid())
        .add("gated", new Multiply(), "wide", "gate")
        .add("narrow", new Linear(5))
        .add("sum", new Add(), "narrow", "tokens")
        .add("back", new Permute(1, 0))
        .add("image", new Reshape(5, 3, 3))
        .add("conv", new Conv2d(2, 2))
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** Scores of places of an image by places, as in attention; a value by itself; rank 4. */
  private static Network products() {
    return Network.builder("products", Shape.of(2, 4, 5))
        .add("query", new Conv2d(3, 1))
        .add("key", new Conv2d(3, 1), "input")
        .add("turned", new Permute(0, 2, 1), "key")
        .add("scores", new Matmul(), "query", "turned")
        .add("gate", new Sigmoid())
        .add("mixed", new Matmul(), "gate", "query")
        .add("conv", new Conv2d(2, 2))
        .add("square", new Slice(2, 0, 3), "conv")
        .add("small", new Tanh())
        .add("power", new Matmul(), "small", "small")
        .add("heads", new Reshape(2, 1, 3, 3))
        .add("left", new Permute(0, 1, 3, 2))
        .add("both", new Matmul(), "left", "heads")
        .add("bounded", new Tanh())
        .add("flat", new Flatten())
        .add("row", new Reshape(1, 18))
        .add("column", new Reshape(18, 1), "flat")
        .add("dot", new Matmul(), "column", "row")
        .add("whole", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** Constants at the front, as a file of another library has them, and in the middle. */
  private static Network standardised() {
    return Network.builder("standardised", Shape.of(2, 4, 5))
        .add("mean", new Constant(Shape.of(2, 1, 1), new float[] {0.25f, -0.5f}))
        .add("std", new Constant(Shape.of(2, 1, 1), new float[] {2, 0.5f}))
        .add("centred", new Subtract(), "input", "mean")
        .add("scaled", new Divide(), "centred", "std")
        .add("conv", new Conv2d(3, 3).padding(1))
        .add("mask", new Constant(Shape.of(3, 4, 5), ramp(60)), "conv")
        .add("masked", new Multiply(), "conv", "mask")
        .add("flat", new Flatten())
        .add("linear", new Linear(6))
        .add("least", new Constant(Shape.of(6), ramp(6)), "linear")
        .add("most", new Maximum(), "linear", "least", "linear")
        .add("head", new Linear(3))
        .build();
  }

  private static float[] ramp(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (i * 7 % 11 - 5) / 8f;
    }
    return values;
  }

  /**
   * What others still read is not overwritten; the last of a value's readers reads nothing of it.
   */
  private static Network orders() {
    return Network.builder("orders", Shape.of(4, 3, 2))
        .add("conv", new Conv2d(4, 1))
        .add("same", new Reshape(4, 3, 2), "conv")
        .add("relu", new Relu())
        .add("less", new Subtract(), "conv", "relu")
        .add("flat", new Flatten())
        .add("row", new Reshape(24), "flat")
        .add("clipped", new Relu())
        .add("sum", new Add(), "flat", "clipped", "row")
        .add("linear", new Linear(24), "flat")
        .add("quotient", new Subtract(), "sum", "linear")
        .add("fixed", new Constant(Shape.of(24), ramp(24)), "quotient")
        .add("moved", new Add(), "quotient", "fixed")
        .add("unread", new Constant(Shape.of(2), ramp(2)), "moved")
        .add("head", new Linear(3), "moved")
        .build();
  }

  /** Sizes of 1 on either side, of images, signals and rows, several at once, and into a sum. */
  private static Network meetings() {
    return Network.builder("meetings", Shape.of(3, 4, 5))
        .add("conv", new Conv2d(4, 1))
        .add("gate", new Mean(0).keepDims(true), "conv")
        .add("first", new Multiply(), "gate", "conv")
        .add("row", new Mean(1).keepDims(true), "first")
        .add("column", new Mean(2).keepDims(true), "first")
        .add("sum", new Add(), "row", "first", "column", "gate")
        .add("least", new Minimum(), "row", "column", "sum")
        .add("signals", new Reshape(4, 20))
        .add("lifted", new Conv1d(4, 3).padding(1))
        .add("one", new Mean(1).keepDims(true))
        .add("less", new Subtract(), "one", "lifted")
        .add("rows", new Mean(0).keepDims(true), "less")
        .add("square", new Multiply(), "rows", "one")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** An image that was flattened meets one number, and its like. */
  private static Network flattened() {
    return Network.builder("flattened", Shape.of(2, 3, 4))
        .add("conv", new Conv2d(4, 1))
        .add("flat", new Flatten())
        .add("mean", new Mean(0).keepDims(true))
        .add("centred", new Subtract(), "flat", "mean")
        .add("again", new Subtract(), "mean", "flat")
        .add("chosen", new Where(), "flat", "centred", "flat")
        .add("sum", new Add(), "chosen", "again", "mean")
        .add("head", new Linear(3))
        .build();
  }

  /** Parts of the input itself, before any weight. */
  private static Network halves() {
    return Network.builder("halves", Shape.of(4, 5, 3))
        .add("top", new Slice(1, 0, 2))
        .add("bottom", new Slice(1, -2, Integer.MAX_VALUE), "input")
        .add("difference", new Subtract(), "top", "bottom")
        .add("most", new Maximum(), "difference", "bottom")
        .add("turned", new Permute(0, 2, 1))
        .add("conv", new Conv2d(3, 2))
        .add("rows", new Linear(2, false))
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }
}
