package dev.quern.layer.shape;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Samples an image at the points of a grid, as PyTorch's {@code grid_sample}: inputs {@code [N, C,
 * H, W]} and {@code [N, H', W', 2]}, output {@code [N, C, H', W']}. A point is x and y, each from
 * -1 to 1 inside the image. The layer is used to warp images, for example by optical flow, and in
 * spatial transformers. It has gradients with respect to both inputs.
 *
 * <p>Points are computed in double precision. A coordinate that is not a number lies before the
 * image.
 *
 * @param mode the interpolation
 * @param paddingMode the values outside the image
 * @param alignCorners whether -1 and 1 are the centers of the outer pixels instead of their outer
 *     edges
 */
public record GridSample(Mode mode, PaddingMode paddingMode, boolean alignCorners)
    implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<GridSample> TYPE =
      LayerType.of("grid_sample", GridSample.class)
          .choice("mode", Mode.class, Mode.BILINEAR, GridSample::mode)
          .choice("padding_mode", PaddingMode.class, PaddingMode.ZEROS, GridSample::paddingMode)
          .flag("align_corners", false, GridSample::alignCorners)
          .made(
              v ->
                  new GridSample(
                      v.choice("mode", Mode.class),
                      v.choice("padding_mode", PaddingMode.class),
                      v.flag("align_corners")));

  /** Interpolation mode, as PyTorch names it. */
  public enum Mode {
    /** Of the four nearest pixels. */
    BILINEAR,
    /** The nearest pixel; halves round to the even one. The grid has no gradient. */
    NEAREST,
    /** Of the 16 nearest pixels, with Keys's kernel and a = -0.75. */
    BICUBIC
  }

  /** The values outside the image, as PyTorch names them. */
  public enum PaddingMode {
    ZEROS,
    /** The nearest pixel of the image. */
    BORDER,
    /**
     * The image reflected at the centers of its outer pixels, with {@code alignCorners}, or at
     * their outer edges.
     */
    REFLECTION
  }

  private static final int COORDINATES = 2;

  public GridSample {
    Require.present("grid_sample", "mode", mode);
    Require.present("grid_sample", "padding_mode", paddingMode);
  }

  /** Creates a layer with bilinear interpolation and zeros outside the image. */
  public GridSample() {
    this(Mode.BILINEAR, PaddingMode.ZEROS, false);
  }

  /** Returns this layer with another interpolation mode. */
  public GridSample mode(Mode value) {
    return new GridSample(value, paddingMode, alignCorners);
  }

  /** Returns this layer with other values outside the image. */
  public GridSample paddingMode(PaddingMode value) {
    return new GridSample(mode, value, alignCorners);
  }

  /** Returns this layer with or without aligned corners. */
  public GridSample alignCorners(boolean value) {
    return new GridSample(mode, paddingMode, value);
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
    return outputShape(List.of(Checks.any("grid_sample", input)));
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("grid_sample", inputs);
    if (all.size() != 2) {
      throw new ShapeException("grid_sample: expects 2 inputs, found " + all.size());
    }
    Shape image = all.get(0);
    Checks.image("grid_sample", image);
    Checks.countable("grid_sample", "input", image);
    Shape grid = all.get(1);
    if (grid.rank() != 3 || grid.isFree(2) || grid.dim(2) != COORDINATES) {
      throw new ShapeException("grid_sample: grid " + grid + " must have shape [height, width, 2]");
    }
    return Checks.output(
        "grid_sample", image.dim(0), Checks.side(grid, 0, h -> h), Checks.side(grid, 1, w -> w));
  }
}
