package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Resizes an image to the height and width of a second image: inputs {@code [N, C, H, W]} and
 * {@code [N, D, h, w]}, output {@code [N, C, h, w]}. PyTorch's equivalent is {@code
 * interpolate(input, size=other.shape[-2:])}. The layer is used in decoders of segmentation
 * networks and works with dynamic heights and widths. The second image's values are not read, and
 * its gradient is 0.
 *
 * @param mode the interpolation
 */
public record ResizeLike(Mode mode) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ResizeLike> TYPE =
      LayerType.of("resize_like", ResizeLike.class)
          .choice("mode", Mode.class, Mode.BILINEAR, ResizeLike::mode)
          .made(v -> new ResizeLike(v.choice("mode", Mode.class)));

  /** Interpolation mode, as PyTorch's {@code interpolate} names it. */
  public enum Mode {
    /**
     * Nearest neighbor, with H input and h output rows: output row i copies input row {@code
     * floor(i H / h)}.
     */
    NEAREST,
    /**
     * Nearest neighbor by pixel centers, with H input and h output rows: output row i copies input
     * row {@code floor((i + 1/2) H / h)}.
     */
    NEAREST_EXACT,
    /**
     * Bilinear, with H input and h output rows: output row i interpolates at input row {@code (i +
     * 1/2) H / h - 1/2}, at least 0.
     */
    BILINEAR,
    /**
     * Bilinear, with H input and h output rows: output row i interpolates at input row {@code i (H
     * - 1) / (h - 1)}, so that the corners of both images coincide, as with PyTorch's {@code
     * align_corners=True}.
     */
    BILINEAR_ALIGNED;

    /** Returns whether each output pixel is a copy of one input pixel. */
    public boolean isNearest() {
      return this == NEAREST || this == NEAREST_EXACT;
    }
  }

  public ResizeLike {
    Require.present("resize_like", "mode", mode);
  }

  /** Creates the layer with bilinear interpolation and without aligned corners. */
  public ResizeLike() {
    this(Mode.BILINEAR);
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
    return outputShape(List.of(Checks.any("resize_like", input)));
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("resize_like", inputs);
    if (all.size() != 2) {
      throw new ShapeException("resize_like: expects 2 inputs, found " + all.size());
    }
    for (Shape image : all) {
      Checks.image("resize_like", image);
      Checks.countable("resize_like", "input", image);
    }
    Shape other = all.get(1);
    return Checks.output(
        "resize_like",
        all.get(0).dim(0),
        Checks.side(other, 1, h -> h),
        Checks.side(other, 2, w -> w));
  }
}
