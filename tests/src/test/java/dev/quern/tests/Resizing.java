package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.CircularPad2d;
import dev.quern.layer.Layer;
import dev.quern.layer.ReflectionPad2d;
import dev.quern.layer.ReplicationPad2d;
import dev.quern.layer.UpsampleBilinear2d;
import dev.quern.layer.UpsampleNearest2d;
import dev.quern.layer.ZeroPad2d;
import dev.quern.reference.AdaptiveAvgPool2dReference;
import dev.quern.reference.CircularPad2dReference;
import dev.quern.reference.NdArray;
import dev.quern.reference.ReflectionPad2dReference;
import dev.quern.reference.ReplicationPad2dReference;
import dev.quern.reference.UpsampleBilinear2dReference;
import dev.quern.reference.UpsampleNearest2dReference;
import dev.quern.reference.ZeroPad2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The passes of a layer that changes height and width and nothing else, and those of its twin. */
record Resizing(
    Layer layer,
    Function<Tensor, Tensor> forward,
    BiFunction<Tensor, Shape, Tensor> backward,
    Function<NdArray, NdArray> twinForward,
    BiFunction<NdArray, Shape, NdArray> twinBackward) {

  static Resizing of(AdaptiveAvgPool2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> AdaptiveAvgPool2dReference.forward(l, x),
        (gy, in) -> AdaptiveAvgPool2dReference.backward(l, gy, in));
  }

  static Resizing of(ZeroPad2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> ZeroPad2dReference.forward(l, x),
        (gy, in) -> ZeroPad2dReference.backward(l, gy, in));
  }

  static Resizing of(ReflectionPad2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> ReflectionPad2dReference.forward(l, x),
        (gy, in) -> ReflectionPad2dReference.backward(l, gy, in));
  }

  static Resizing of(ReplicationPad2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> ReplicationPad2dReference.forward(l, x),
        (gy, in) -> ReplicationPad2dReference.backward(l, gy, in));
  }

  static Resizing of(CircularPad2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> CircularPad2dReference.forward(l, x),
        (gy, in) -> CircularPad2dReference.backward(l, gy, in));
  }

  static Resizing of(UpsampleBilinear2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> UpsampleBilinear2dReference.forward(l, x),
        (gy, in) -> UpsampleBilinear2dReference.backward(l, gy, in));
  }

  static Resizing of(UpsampleNearest2d l) {
    return new Resizing(
        l,
        l::forward,
        l::backward,
        x -> UpsampleNearest2dReference.forward(l, x),
        (gy, in) -> UpsampleNearest2dReference.backward(l, gy, in));
  }

  /** Both passes agree on this input {@code [N, C, H, W]}. */
  void check(long... dims) {
    Shape in = Shape.of(dims);
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    NdArray y = twinForward.apply(x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + in + ", " + v;
    // its corners are the one option among these
    Passes p = layer instanceof UpsampleBilinear2d ? new Passes(layer) : new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor ty = p.run(layer.type(), () -> forward.apply(tx));
      Tensor tgx = p.run(layer.type(), () -> backward.apply(tgy, in));
      // a mean of few values may cancel; nothing else here is below the magnitude of its terms
      double typical = 0.5 * y.size() / x.size();
      Compare.close("output of " + what, ty, y, Math.min(0.5, typical));
      Compare.close("grad_input of " + what, tgx, twinBackward.apply(gy, in), 0);
    }
  }

  /** An empty batch gives empty results. */
  void checkEmpty(long... image) {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(image).batch(0));
      Tensor y = forward.apply(x);
      assertThat(y.shape()).isEqualTo(layer.outputShape(Shape.of(image)).batch(0));
      assertThat(backward.apply(y, x.shape()).shape()).isEqualTo(x.shape());
    }
  }

  /** The forward pass of one row of pixels. */
  float[] row(float... values) {
    try (Arena a = new Arena()) {
      return forward.apply(a.tensor(Shape.of(1, 1, 1, values.length), values)).toArray();
    }
  }
}
