package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;

/**
 * Reflection padding: input {@code [N, C, H, W]}, output {@code [N, C, top + H + bottom, left + W +
 * right]}. The image is mirrored at its first and last pixels, which are not repeated; the padding
 * of each side must therefore be less than the image's size along that axis. The arguments are in
 * PyTorch's order.
 */
public record ReflectionPad2d(int left, int right, int top, int bottom) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ReflectionPad2d> TYPE =
      LayerType.of("reflection_pad2d", ReflectionPad2d.class)
          .sides("padding", l -> new Sides(l.left(), l.right(), l.top(), l.bottom()))
          .made(
              v -> {
                Sides p = v.sides("padding");
                return new ReflectionPad2d(p.left(), p.right(), p.top(), p.bottom());
              });

  public ReflectionPad2d {
    Checks.padding("reflection_pad2d", left, right, top, bottom);
  }

  public ReflectionPad2d(int all) {
    this(all, all, all, all);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape out = Checks.padded("reflection_pad2d", input, left, right, top, bottom);
    if (tooMuch(input, 1, Math.max(top, bottom)) || tooMuch(input, 2, Math.max(left, right))) {
      throw new ShapeException(
          "reflection_pad2d: padding "
              + Checks.sides(left, right, top, bottom)
              + " must be less than the size of input "
              + input);
    }
    return out;
  }

  private static boolean tooMuch(Shape input, int axis, int padding) {
    return !input.isFree(axis) && padding >= input.dim(axis);
  }
}
