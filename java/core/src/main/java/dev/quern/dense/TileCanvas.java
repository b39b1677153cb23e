package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;

/**
 * An image made of tiles, which are added row by row. Besides the image's bytes, the blended pixels
 * of the current tile's right side and of one row of tiles are kept as floats.
 */
final class TileCanvas {
  private final String op;
  private final TileAxis down;
  private final TileAxis across;
  private final int channels;
  private final int scale;
  private final PixelRange range;
  private final byte[] pixels;

  /** The right, blended part of the last tile, {@code [C, H, W]}. */
  private final float[] beside;

  /** The lower, blended part of the tiles above, {@code [C, H, W]}, W being the image's width. */
  private final float[] above;

  /**
   * Creates a black image.
   *
   * @param down the tiles' rows, in pixels of the input
   * @param across the tiles' columns, in pixels of the input
   * @param channels the number of channels of the image, 1 or 3
   * @param scale the number of the image's pixels for a pixel of the input
   * @param range the conversion of the tiles' values to bytes
   */
  TileCanvas(String op, TileAxis down, TileAxis across, int channels, int scale, PixelRange range) {
    this.op = op;
    this.down = down;
    this.across = across;
    this.channels = channels;
    this.scale = scale;
    this.range = range;
    long bytes = shape().elements();
    if (bytes > Heap.MOST) {
      throw new InvalidArgumentException(
          op + ": a result of " + shape() + " does not fit in a Java array");
    }
    pixels = Heap.bytes(op, (int) bytes);
    long blend = (long) across.blend() * scale;
    beside = Heap.floats(op, channels * blend * down.tile() * scale);
    above = Heap.floats(op, channels * blend * across.length() * scale);
  }

  private Shape shape() {
    return Shape.of(channels, (long) down.length() * scale, (long) across.length() * scale);
  }

  /**
   * Adds a tile; all tiles above it and to its left must have been added before.
   *
   * @param row the index of the row of tiles
   * @param column the index of the column of tiles
   * @param values the tile's values, {@code [C, tile height * scale, tile width * scale]}
   */
  void add(int row, int column, float[] values) {
    TileAxis.Band rows = down.band(row, scale);
    TileAxis.Band columns = across.band(column, scale);
    int tileHeight = down.tile() * scale;
    int tileWidth = across.tile() * scale;
    for (int c = 0; c < channels; c++) {
      for (int y = rows.from(); y < rows.to(); y++) {
        int from = (c * tileHeight + y - rows.origin()) * tileWidth - columns.origin();
        int side = (c * tileHeight + y - rows.from()) * across.blend() * scale;
        for (int x = columns.from(); x < columns.to(); x++) {
          float value = values[from + x];
          int first = x - columns.from();
          if (first < columns.before()) {
            value = mixed(beside[side + first], value, first, columns.before());
          }
          int kept = columns.to() - columns.after();
          if (x < kept) {
            finish(c, y, x, rows, value);
          } else {
            beside[side + x - kept] = value;
          }
        }
      }
    }
  }

  /** Adds a pixel that is blended with the tile to its left, but not with the tile above. */
  private void finish(int c, int y, int x, TileAxis.Band rows, float value) {
    int width = across.length() * scale;
    int plane = c * down.blend() * scale;
    int first = y - rows.from();
    float own = value;
    if (first < rows.before()) {
      own = mixed(above[(plane + first) * width + x], value, first, rows.before());
    }
    int kept = rows.to() - rows.after();
    if (y < kept) {
      int height = down.length() * scale;
      pixels[(c * height + y) * width + x] = range.pixel(own);
    } else {
      above[(plane + y - kept) * width + x] = own;
    }
  }

  /**
   * Blends two tiles, so that equal values remain unchanged.
   *
   * @param at the position in the blended part, from 0 to {@code length - 1}
   */
  private static float mixed(float first, float second, int at, int length) {
    float weight = (at + 0.5f) / length; // of the second tile; that of the first is 1 - weight
    return first + weight * (second - first);
  }

  /** Returns the image; tiles must not be added afterwards. */
  Image image() {
    return Image.owning(shape(), pixels);
  }
}
