package dev.quern.layer.shape;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;

/**
 * Replication padding, which repeats the pixels at the edges: input {@code [N, C, H, W]}, output
 * {@code [N, C, top + H + bottom, left + W + right]}. The arguments are in PyTorch's order.
 */
public record ReplicationPad2d(int left, int right, int top, int bottom) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ReplicationPad2d> TYPE =
      LayerType.of("replication_pad2d", ReplicationPad2d.class)
          .sides("padding", l -> new Sides(l.left(), l.right(), l.top(), l.bottom()))
          .made(
              v -> {
                Sides p = v.sides("padding");
                return new ReplicationPad2d(p.left(), p.right(), p.top(), p.bottom());
              });

  public ReplicationPad2d {
    Checks.padding("replication_pad2d", left, right, top, bottom);
  }

  public ReplicationPad2d(int all) {
    this(all, all, all, all);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.padded("replication_pad2d", input, left, right, top, bottom);
  }
}
