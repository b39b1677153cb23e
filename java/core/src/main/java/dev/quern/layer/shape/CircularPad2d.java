package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;

/**
 * Circular padding, which continues an image periodically: input {@code [N, C, H, W]}, output
 * {@code [N, C, top + H + bottom, left + W + right]}. The padding of each side must be at most the
 * image's size along that axis. The arguments are in PyTorch's order.
 */
public record CircularPad2d(int left, int right, int top, int bottom) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<CircularPad2d> TYPE =
      LayerType.of("circular_pad2d", CircularPad2d.class)
          .sides("padding", l -> new Sides(l.left(), l.right(), l.top(), l.bottom()))
          .made(
              v -> {
                Sides p = v.sides("padding");
                return new CircularPad2d(p.left(), p.right(), p.top(), p.bottom());
              });

  public CircularPad2d {
    Checks.padding("circular_pad2d", left, right, top, bottom);
  }

  public CircularPad2d(int all) {
    this(all, all, all, all);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape out = Checks.padded("circular_pad2d", input, left, right, top, bottom);
    if (tooMuch(input, 1, Math.max(top, bottom)) || tooMuch(input, 2, Math.max(left, right))) {
      throw new ShapeException(
          "circular_pad2d: padding "
              + Checks.sides(left, right, top, bottom)
              + " must be at most the size of input "
              + input);
    }
    return out;
  }

  private static boolean tooMuch(Shape input, int axis, int padding) {
    return !input.isFree(axis) && padding > input.dim(axis);
  }
}
