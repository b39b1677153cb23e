package dev.quern.layer.shape;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;

/**
 * Zero padding of an image: input {@code [N, C, H, W]}, output {@code [N, C, top + H + bottom, left
 * + W + right]}. The arguments are in PyTorch's order; unlike in PyTorch, they must be at least 0.
 */
public record ZeroPad2d(int left, int right, int top, int bottom) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ZeroPad2d> TYPE =
      LayerType.of("zero_pad2d", ZeroPad2d.class)
          .sides("padding", l -> new Sides(l.left(), l.right(), l.top(), l.bottom()))
          .made(
              v -> {
                Sides p = v.sides("padding");
                return new ZeroPad2d(p.left(), p.right(), p.top(), p.bottom());
              });

  public ZeroPad2d {
    Checks.padding("zero_pad2d", left, right, top, bottom);
  }

  public ZeroPad2d(int all) {
    this(all, all, all, all);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.padded("zero_pad2d", input, left, right, top, bottom);
  }
}
