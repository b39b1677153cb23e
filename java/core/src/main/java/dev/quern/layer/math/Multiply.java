package dev.quern.layer.math;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The elementwise product of two inputs, with broadcasting: along each axis, the inputs have equal
 * sizes or one of them has size 1. An example is the gate of a squeeze-and-excitation block (Hu,
 * Shen and Sun, "Squeeze-and-Excitation Networks", 2018).
 */
public record Multiply() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Multiply> TYPE =
      LayerType.of("multiply", Multiply.class, Multiply::new);

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
    return Checks.any("multiply", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("multiply", inputs);
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Checks.any("multiply", input).elements();
  }
}
