package dev.quern.layer.math;

import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The sum of two or more inputs, for example at the end of a residual block. Inputs broadcast:
 * along each axis, their sizes are equal or 1.
 */
public record Add() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Add> TYPE = LayerType.of("add", Add.class, Add::new);

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
    return Checks.any("add", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Broadcast.shape("add", Checks.several("add", inputs));
  }
}
