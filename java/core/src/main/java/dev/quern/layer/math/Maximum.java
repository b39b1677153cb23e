package dev.quern.layer.math;

import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The largest of two or more inputs, place by place: along each axis they are of one size, or one
 * of them is 1 and meets all of the other. A NaN wins. As in PyTorch's {@code maximum}, of two
 * equal values each gets half of the gradient. Of several inputs the first two are compared, then
 * what came out and the third, and so on.
 */
public record Maximum() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Maximum> TYPE =
      LayerType.of("maximum", Maximum.class, Maximum::new);

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
    return Checks.any("maximum", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Broadcast.shape("maximum", Checks.several("maximum", inputs));
  }
}
