package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.ChannelShuffle;
import dev.quern.layer.Chunk;
import dev.quern.layer.Gather;
import dev.quern.layer.Layer;
import dev.quern.layer.Permute;
import dev.quern.layer.Reshape;
import dev.quern.layer.Slice;
import dev.quern.reference.ChannelShuffleReference;
import dev.quern.reference.ChunkReference;
import dev.quern.reference.GatherReference;
import dev.quern.reference.NdArray;
import dev.quern.reference.PermuteReference;
import dev.quern.reference.ReshapeReference;
import dev.quern.reference.SliceReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The passes of a layer without weights whose gradient does not need its input, and its twin's.
 *
 * @param ran what the engine says that ran; null where nothing native does
 */
record Moving(
    Layer layer,
    String ran,
    Function<Tensor, Tensor> forward,
    BiFunction<Tensor, Shape, Tensor> backward,
    Function<NdArray, NdArray> twinForward,
    BiFunction<NdArray, Shape, NdArray> twinBackward) {

  static Moving of(Permute l) {
    return new Moving(
        l,
        "strided_copy",
        l::forward,
        l::backward,
        x -> PermuteReference.forward(l, x),
        (gy, in) -> PermuteReference.backward(l, gy, in));
  }

  static Moving of(Slice l) {
    return new Moving(
        l,
        "strided_copy",
        l::forward,
        l::backward,
        x -> SliceReference.forward(l, x),
        (gy, in) -> SliceReference.backward(l, gy, in));
  }

  static Moving of(Chunk l) {
    return new Moving(
        l,
        "strided_copy",
        l::forward,
        l::backward,
        x -> ChunkReference.forward(l, x),
        (gy, in) -> ChunkReference.backward(l, gy, in));
  }

  static Moving of(Gather l) {
    return new Moving(
        l,
        "gather",
        l::forward,
        l::backward,
        x -> GatherReference.forward(l, x),
        (gy, in) -> GatherReference.backward(l, gy, in));
  }

  static Moving of(ChannelShuffle l) {
    return new Moving(
        l,
        "strided_copy",
        l::forward,
        l::backward,
        x -> ChannelShuffleReference.forward(l, x),
        (gy, in) -> ChannelShuffleReference.backward(l, gy, in));
  }

  static Moving of(Reshape l) {
    return new Moving(
        l,
        null,
        l::forward,
        l::backward,
        x -> ReshapeReference.forward(l, x),
        (gy, in) -> ReshapeReference.backward(l, gy, in));
  }

  private Tensor run(Passes p, Supplier<Tensor> pass) {
    Tensor result = ran == null ? pass.get() : p.run(ran, pass);
    Operators.running(layer.type(), null);
    return result;
  }

  /** A recorded case. */
  void check(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", run(p, () -> forward.apply(x)));
    c.agrees("grad_input", run(p, () -> backward.apply(gy, x.shape())));
  }

  /** Both passes agree with the twin's on this input {@code [N, ...]}. */
  void check(long... dims) {
    Shape in = Shape.of(dims);
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    NdArray y = twinForward.apply(x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + in + ", " + v;
    double typical = Compare.typical(Math.max(1, x.size() / y.size()));
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Compare.close("output of " + what, run(p, () -> forward.apply(tx)), y, typical);
      Compare.close(
          "grad_input of " + what,
          run(p, () -> backward.apply(tgy, in)),
          twinBackward.apply(gy, in),
          0);
    }
  }

  /** An empty batch gives empty results. */
  void checkEmpty(long... sample) {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(sample).batch(0));
      Tensor y = forward.apply(x);
      assertThat(y.shape()).isEqualTo(layer.outputShape(Shape.of(sample)).batch(0));
      assertThat(backward.apply(y, x.shape()).shape()).isEqualTo(x.shape());
    }
  }
}
