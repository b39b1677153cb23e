package dev.quern.fuzz.api;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A layer of the user's own: it keeps its word, or from some call on does not. */
final class OwnLayer implements CustomLayer {
  /** What it does wrong. */
  private enum Lie {
    NONE,
    SHAPE,
    NULL_SHAPE,
    PARAMETERS,
    NULL_PARAMETERS,
    MERGES,
    TYPE
  }

  private final Lie lie;
  private final boolean trained;
  private final int from;
  private final Shape other;
  private final AtomicInteger asked = new AtomicInteger();
  private final Mischief mischiefOrNull;
  private final long[] halved;

  /**
   * @param mischiefOrNull what it does inside its passes; null for a layer that keeps its word
   */
  OwnLayer(Draw draw, Mischief mischiefOrNull) {
    this.mischiefOrNull = mischiefOrNull;
    lie = mischiefOrNull == null || draw.once(2) ? Lie.NONE : draw.of(Lie.values());
    trained = draw.once(2);
    from = draw.below(20);
    other = draw.once(3) ? Shape.of(64, 32, 32) : Nets.input(draw);
    halved = draw.once(3) ? new long[] {2} : new long[0];
  }

  private boolean lies(Lie now) {
    return lie == now && asked.incrementAndGet() > from;
  }

  @Override
  public String type() {
    return lies(Lie.TYPE) ? null : "own";
  }

  @Override
  public boolean merges() {
    return lies(Lie.MERGES);
  }

  @Override
  public Shape outputShape(Shape input) {
    if (lies(Lie.NULL_SHAPE)) {
      return null;
    }
    if (lies(Lie.SHAPE)) {
      return other;
    }
    return halved.length == 1 && input.rank() == 1 && input.dim(0) % 2 == 0
        ? Shape.of(input.dim(0) / 2)
        : input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    if (lies(Lie.NULL_PARAMETERS)) {
      return null;
    }
    Shape s = lies(Lie.PARAMETERS) ? other : Shape.of(2);
    return trained ? List.of(new Parameter("factor", s, 0, 0.5f)) : List.of();
  }

  @Override
  public void forward(Forward pass) {
    if (mischiefOrNull != null) {
      mischiefOrNull.maybe(true);
      mischiefOrNull.spoil(pass.output());
    }
    double factor = trained ? pass.parameter("factor")[0] : 0.5;
    for (int i = 0; i < pass.output().length; i++) {
      pass.output()[i] = factor * pass.input()[i];
    }
  }

  @Override
  public void backward(Backward pass) {
    if (mischiefOrNull != null) {
      mischiefOrNull.maybe(true);
      mischiefOrNull.spoil(pass.gradInput());
    }
    double factor = trained ? pass.parameter("factor")[0] : 0.5;
    for (int i = 0; i < pass.gradOutput().length; i++) {
      pass.gradInput()[i] = factor * pass.gradOutput()[i];
      if (trained) {
        pass.gradient("factor")[0] += pass.input()[i] * pass.gradOutput()[i];
      }
    }
  }

  @Override
  public String toString() {
    return "OwnLayer[" + lie + " from answer " + from + (trained ? ", trained]" : "]");
  }
}
