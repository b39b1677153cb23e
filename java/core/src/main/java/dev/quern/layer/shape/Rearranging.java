package dev.quern.layer.shape;

import dev.quern.internal.Require;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.Function;

/** The passes of layers that only move numbers, in the callers' memory order. */
final class Rearranging {
  private Rearranging() {}

  static Tensor forward(String op, Function<Shape, Rearrangement> of, Tensor input) {
    Checks.batched(op, input);
    Shape in = input.shape();
    Rearrangement r = of.apply(in.sample());
    long[] strides = Rearrangement.strides(in.sample());
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(r.out().batch(in.dim(0)));
      r.kernel(in.dim(0), strides, Rearrangement.strides(r.out()))
          .forward(s.raw(input).getPointer(r.first(strides)), s.raw(output));
      return output;
    }
  }

  static Tensor backward(
      String op, Function<Shape, Rearrangement> of, Tensor gradOutput, Shape input) {
    Require.present(op, "input", input);
    Checks.batched(op, input);
    Rearrangement r = of.apply(input.sample());
    Checks.shape(op, "grad_output", gradOutput, r.out().batch(input.dim(0)));
    long[] strides = Rearrangement.strides(input.sample());
    try (Scratch s = new Scratch(gradOutput)) {
      Tensor grad = gradOutput.arena().tensor(input); // zeros
      r.kernel(input.dim(0), strides, Rearrangement.strides(r.out()))
          .backward(s.raw(gradOutput), s.raw(grad).getPointer(r.first(strides)));
      return grad;
    }
  }
}
