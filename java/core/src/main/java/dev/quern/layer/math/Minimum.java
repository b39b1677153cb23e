package dev.quern.layer.math;

import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The smallest of two or more inputs, place by place: along each axis they are of one size, or one
 * of them is 1 and meets all of the other. A NaN wins. As in PyTorch's {@code minimum}, of two
 * equal values each gets half of the gradient. Of several inputs the first two are compared, then
 * what came out and the third, and so on.
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
