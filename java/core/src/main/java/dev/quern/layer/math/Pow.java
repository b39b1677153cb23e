package dev.quern.layer.math;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.activation.Power;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The first input to the power of the second, as C's {@code pow}: along each axis they are of one
 * size, or one of them is 1 and meets all of the other. As in PyTorch no gradient reaches an
 * exponent whose base is 0, unless it is negative. {@link Power} is for one exponent, which is
 * known before.
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
