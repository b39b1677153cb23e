package dev.quern.dense;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * The tiles of a {@link TiledPrediction}. Neighboring tiles share at least {@code overlap} pixels.
 * Of these, the middle {@code blend} pixels are blended: the weight of one tile decreases linearly
 * from 1 to 0, and that of the other is 1 minus this weight. The outer {@code overlap - blend}
 * pixels, which are near the border of one of the tiles, are taken from the other tile.
 *
 * @param size height and width of a tile in pixels of the input, at least 1
 * @param overlap number of pixels that neighboring tiles share, from 0 to half of the tile's
 *     shorter side
 * @param blend number of pixels that are blended, from 0 to {@code overlap}; 0 for hard seams
 */
public record Tiles(Size size, int overlap, int blend) {
  private static final String OP = "tiles";
  private static final int SIDE = 256;
  private static final int OVERLAP = 32;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if an argument is outside its range
   */
  public Tiles {
    Require.present(OP, "size", size);
    int side = Math.min(size.height(), size.width());
    if (side < 1) {
      throw new InvalidArgumentException(OP + ": size " + size + " must be at least 1x1");
    }
    if (overlap < 0 || overlap > side / 2) {
      throw new InvalidArgumentException(
          OP
              + ": overlap "
              + overlap
              + " of tiles of "
              + size
              + " is outside [0, "
              + side / 2
              + "]");
    }
    if (blend < 0 || blend > overlap) {
      throw new InvalidArgumentException(
          OP + ": blend " + blend + " is outside [0, " + overlap + "], the overlap");
    }
  }

  /** Returns square tiles with half of the overlap blended. */
  public static Tiles of(int side, int overlap) {
    return new Tiles(Size.of(side), overlap, overlap / 2);
  }

  /** Returns tiles that overlap by 32 pixels, or by half of a smaller tile; half is blended. */
  public static Tiles of(Size size) {
    Require.present(OP, "size", size);
    int overlap = Math.max(0, Math.min(OVERLAP, Math.min(size.height(), size.width()) / 2));
    return new Tiles(size, overlap, overlap / 2);
  }

  /**
   * Returns tiles of the size of a network's input, or 256 for a dynamic height or width, with the
   * overlap of {@link #of(Size)}.
   *
   * @throws InvalidArgumentException if the network has several inputs
   * @throws ShapeException if the input is not an image {@code [C, H, W]}
   */
  public static Tiles of(Model model) {
    Shape input = MapModel.network(OP, model).input();
    if (input.rank() != 3 || input.isFree(0)) {
      throw new ShapeException(OP + ": input " + input + " must be an image, CxHxW");
    }
    return of(new Size(side(input, 1), side(input, 2)));
  }

  private static int side(Shape input, int axis) {
    return input.isFree(axis) ? SIDE : (int) Math.min(Integer.MAX_VALUE, input.dim(axis));
  }

  TileAxis down(int height) {
    return new TileAxis(height, size.height(), overlap, blend);
  }

  TileAxis across(int width) {
    return new TileAxis(width, size.width(), overlap, blend);
  }
}
