package dev.quern.layer;

import dev.quern.bindings.Quern;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.internal.Status;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/** The sum of two or more inputs of one shape: the join of a residual block. */
public record Add() implements Layer {
  @Override
  public String type() {
    return "add";
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("add", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("add", inputs);
    for (Shape s : all) {
      if (!s.equals(all.get(0))) {
        throw new ShapeException("add: inputs " + all.get(0) + " and " + s + " differ");
      }
    }
    return all.get(0);
  }

  /** The native operator's forward pass on two tensors of one shape; in the first one's arena. */
  public Tensor forward(Tensor input, Tensor other) {
    Checks.shape("add", "other", other, Require.present("add", "input", input).shape());
    try (Scratch s = new Scratch(input, other)) {
      Tensor output = input.arena().tensor(input.shape());
      Status.check(
          Quern.quern_add(
              Quern.QUERN_F32,
              input.shape().elements(),
              s.raw(input),
              s.raw(other),
              s.raw(output)));
      return output;
    }
  }
}
