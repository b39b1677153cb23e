package dev.quern.dense;

/**
 * The tiles along one axis of an image. All tiles have the same length. They begin at a constant
 * distance, except the last one, which ends with the image. A single tile may be longer than the
 * image.
 *
 * @param length the image's length in pixels, at least 1
 * @param tile the tiles' length in pixels
 * @param overlap the smallest number of pixels that neighbors share, at most half a tile
 * @param blend the number of these pixels that are blended
 */
record TileAxis(int length, int tile, int overlap, int blend) {
  private int step() {
    return tile - overlap;
  }

  int count() {
    int steps = Math.max(0, length - tile);
    return 1 + (int) (((long) steps + step() - 1) / step());
  }

  /** Returns the image's pixel at which a tile begins. */
  int start(int index) {
    return Math.min(index * step(), Math.max(0, length - tile));
  }

  /**
   * Returns the image's pixel at which the blended part of a tile and its successor begins. The
   * distance to the tile's end is the same for all tiles, so that blended parts never overlap.
   */
  private int seam(int index) {
    return start(index) + tile - (overlap - blend) / 2 - blend;
  }

  /**
   * The part of the output to which a tile contributes, in pixels of the output.
   *
   * @param origin the position of the tile's first pixel
   * @param from the position of the first pixel to which the tile contributes
   * @param to the position after the last pixel to which the tile contributes
   * @param before the number of first pixels that are blended with the tile's predecessor
   * @param after the number of last pixels that are blended with the tile's successor
   */
  record Band(int origin, int from, int to, int before, int after) {}

  /**
   * Returns the part of the output to which a tile contributes.
   *
   * @param scale the number of output pixels for a pixel of the image
   */
  Band band(int index, int scale) {
    boolean first = index == 0;
    boolean last = index == count() - 1;
    int from = first ? 0 : seam(index - 1);
    int to = last ? length : seam(index) + blend;
    return new Band(
        start(index) * scale,
        from * scale,
        to * scale,
        first ? 0 : blend * scale,
        last ? 0 : blend * scale);
  }

  /**
   * Returns the pixel of the image for a pixel of a tile. Behind the image's end, pixels are
   * reflected without repeating the last one, as often as necessary; a single pixel is repeated.
   *
   * @param index the index of the tile
   * @param at the pixel's position in the tile
   */
  int pixel(int index, int at) {
    if (length == 1) {
      return 0;
    }
    long period = 2L * (length - 1);
    long in = (start(index) + (long) at) % period;
    return (int) Math.min(in, period - in);
  }
}
