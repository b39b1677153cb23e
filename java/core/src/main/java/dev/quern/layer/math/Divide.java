package dev.quern.layer.math;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The first input by the second: along each axis they are of one size, or one of them is 1 and
 * meets all of the other. Nothing is done about a divisor of 0.
 */
public record Divide() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Divide> TYPE = LayerType.of("divide", Divide.class, Divide::new);

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
    return Checks.any("divide", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("divide", inputs);
  }
}
