package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Layer;
import dev.quern.reference.NdArray;
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
 * @param typical the magnitude of a number of the output
 * @param optionsOrNull the layer, where the table of operators names its options
 */
record Twinned(
    Layer layer,
    String ran,
    Function<Tensor, Tensor> forward,
    BiFunction<Tensor, Shape, Tensor> backward,
    Function<NdArray, NdArray> twinForward,
    BiFunction<NdArray, Shape, NdArray> twinBackward,
    Typical typical,
    Layer optionsOrNull) {

  /** By how many numbers go in and come out. */
  interface Typical {
    double of(int inputs, int outputs);
  }

  /** The backward pass of a layer's twin. */
  interface Backward<L> {
    NdArray run(L layer, NdArray gradOutput, Shape input);
  }

  static <L extends Layer> Twinned of(
      L layer,
      String ran,
      Function<Tensor, Tensor> forward,
      BiFunction<Tensor, Shape, Tensor> backward,
      BiFunction<L, NdArray, NdArray> twinForward,
      Backward<L> twinBackward,
      Typical typical) {
    return new Twinned(
        layer,
        ran,
        forward,
        backward,
        x -> twinForward.apply(layer, x),
        (gy, in) -> twinBackward.run(layer, gy, in),
        typical,
        null);
  }

  /** The same, whose options the table of operators names. */
  Twinned withOptions() {
    return new Twinned(layer, ran, forward, backward, twinForward, twinBackward, typical, layer);
  }

  private Tensor run(Passes p, Layer ofOptions, Supplier<Tensor> pass) {
    Tensor result = ran == null ? pass.get() : p.run(ran, pass);
    Operators.running(layer.type(), ofOptions);
    return result;
  }

  /** A recorded case. */
  void check(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", run(p, null, () -> forward.apply(x)));
    c.agrees("grad_input", run(p, null, () -> backward.apply(gy, x.shape())));
  }

  /** Both passes agree with the twin's on this input {@code [N, ...]}. */
  void check(long... dims) {
    Shape in = Shape.of(dims);
    Values v = Values.floats(Values.seedOf(layer + " " + in));
    NdArray x = v.array(in);
    NdArray y = twinForward.apply(x);
    NdArray gy = v.array(y.shape());
    String what = layer + " on " + in + ", " + v;
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor ty = run(p, optionsOrNull, () -> forward.apply(tx));
      Compare.close("output of " + what, ty, y, typical.of(x.size(), y.size()));
      Tensor tgx = run(p, optionsOrNull, () -> backward.apply(tgy, in));
      Compare.close("grad_input of " + what, tgx, twinBackward.apply(gy, in), 0);
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

  /** The forward pass of one row of pixels. */
  float[] row(float... values) {
    try (Arena a = new Arena()) {
      return forward.apply(a.tensor(Shape.of(1, 1, 1, values.length), values)).toArray();
    }
  }
}
