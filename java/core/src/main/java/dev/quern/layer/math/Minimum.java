package dev.quern.layer.math;

import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The elementwise minimum of two or more inputs, with broadcasting: along each axis, the inputs'
 * sizes are equal or 1. If a value is NaN, the result is NaN. As in PyTorch's {@code minimum}, two
 * equal values each receive half of the gradient. More than two inputs are reduced pairwise from
 * the first to the last.
 */
public record Minimum() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Minimum> TYPE =
      LayerType.of("minimum", Minimum.class, Minimum::new);

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
    return Checks.any("minimum", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Broadcast.shape("minimum", Checks.several("minimum", inputs));
  }
}
