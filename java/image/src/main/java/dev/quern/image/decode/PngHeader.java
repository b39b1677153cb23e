package dev.quern.image.decode;

import java.nio.ByteBuffer;

/** The header of a PNG file. */
final class PngHeader {
  private static final int WIDTH = 16;
  private static final int DEPTH = 24;
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;

  /** The memory in bytes for the decoder's tables and buffers. */
  private static final long BESIDE = 96 << 10;

  private PngHeader() {}

  /**
   * Returns an upper bound in bytes of the memory for decoding: the reader's raster, its rows, and
   * the image.
   *
   * @param encoded a file whose header is complete, since a reader has parsed it
   */
  static long bytes(byte[] encoded, int orientation) {
    ByteBuffer png = ByteBuffer.wrap(encoded);
    long width = png.getInt(WIDTH);
    long height = png.getInt(WIDTH + 4);
    int depth = encoded[DEPTH];
    int color = encoded[DEPTH + 1];
    int bands =
        color == RGB ? 3 : color == GREY_ALPHA ? 2 : color == GREY || color == PALETTE ? 1 : 4;
    long row = (width * depth * bands + 7) / 8;
    long raster = row * height;
    if ((color == RGB || color == GREY) && PngChunks.data(encoded, "tRNS") != null) {
      raster = width * height * (bands + 1) * Math.max(1, depth / 8); // plus a sample of opacity
    }
    long image = width * height * (color == GREY || color == GREY_ALPHA ? 1 : 3);
    return raster + 4 * row + image + Orientation.bytes(orientation, image) + BESIDE;
  }
}
