package dev.quern.layer.math;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.activation.Power;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The first input raised to the power of the second, as C's {@code pow}, with broadcasting: along
 * each axis, the inputs have equal sizes or one of them has size 1. As in PyTorch, a nonnegative
 * exponent receives the gradient 0 where the base is 0. For a constant exponent, use {@link Power}.
 */
public record Pow() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Pow> TYPE = LayerType.of("pow", Pow.class, Pow::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("pow", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("pow", inputs);
  }
}
