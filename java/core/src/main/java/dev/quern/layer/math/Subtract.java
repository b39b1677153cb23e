package dev.quern.layer.math;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The first input minus the second, with broadcasting: along each axis, the inputs have equal sizes
 * or one of them has size 1.
 */
public record Subtract() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Subtract> TYPE =
      LayerType.of("subtract", Subtract.class, Subtract::new);

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
    return Checks.any("subtract", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("subtract", inputs);
  }
}
