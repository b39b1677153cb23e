package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Concatenation along an axis, as PyTorch's {@code cat}: all other dimensions must be equal. Along
 * axis 0, images {@code [Ci, H, W]} become {@code [sum of Ci, H, W]}.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 */
public record Concat(int axis) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Concat> TYPE =
      LayerType.of("concat", Concat.class)
          .integer("axis", 0, Concat::axis)
          .made(v -> new Concat(v.integer("axis")));

  /** Creates a concatenation along axis 0, the channel axis of images. */
  public Concat() {
    this(0);
  }

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
    axis(Checks.any("concat", input));
    return input;
  }

  /**
   * Returns the output shape; the axis of the concatenation is dynamic if it is dynamic in any
   * input.
   */
  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("concat", inputs);
    Shape first = outputShape(all.get(0));
    int along = axis(first);
    Shape out = first;
    for (Shape s : all.subList(1, all.size())) {
      if (!agree(first, s, along)) {
        throw new ShapeException(
            "concat: inputs "
                + first
                + " and "
                + s
                + " must be equal in all axes but axis "
                + axis);
      }
      boolean free = out.isFree(along) || s.isFree(along);
      out = with(out, along, free ? Shape.FREE : out.dim(along) + s.dim(along));
    }
    return out;
  }

  private int axis(Shape sample) {
    return Rearrangement.axis("concat", sample, axis);
  }

  private static boolean agree(Shape a, Shape b, int but) {
    return a.rank() == b.rank() && with(a, but, 1).equals(with(b, but, 1));
  }

  private static Shape with(Shape shape, int axis, long size) {
    long[] dims = shape.toArray();
    dims[axis] = size;
    return Shape.of(dims);
  }
}
