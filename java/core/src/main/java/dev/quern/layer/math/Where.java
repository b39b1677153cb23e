package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Elementwise selection from three inputs, as torch.where: the second input where the first (the
 * condition) is not 0, otherwise the third. A condition of NaN selects the second input. Along each
 * axis, the inputs' sizes are equal or 1 (broadcasting). A value that is not selected has no
 * effect, even if it is NaN. Only the selected value receives the gradient; the gradient of the
 * condition is 0.
 */
public record Where() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Where> TYPE = LayerType.of("where", Where.class, Where::new);

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
    return Checks.any("where", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("where", inputs);
    if (all.size() != 3) {
      throw new ShapeException("where: expects 3 inputs, found " + all.size());
    }
    return Broadcast.shape("where", all);
  }
}
