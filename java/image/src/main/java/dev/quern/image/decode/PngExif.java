package dev.quern.image.decode;

import java.nio.ByteBuffer;

/** EXIF in a PNG file: the chunk eXIf, before or behind the pixels. */
final class PngExif {
  private static final int SIGNATURE = 8;

  /** Length and type before a chunk's data, a checksum behind them. */
  private static final int FRAME = 12;

  private static final int TYPE = 'e' << 24 | 'X' << 16 | 'I' << 8 | 'f';

  private PngExif() {}

  static int orientation(byte[] encoded) {
    ByteBuffer png = ByteBuffer.wrap(encoded);
    long at = SIGNATURE;
    while (at + FRAME <= encoded.length) {
      long length = png.getInt((int) at) & 0xffffffffL;
      if (at + FRAME + length > encoded.length) {
        break;
      }
      if (png.getInt((int) at + 4) == TYPE) {
        return Exif.orientation(encoded, (int) at + 8, (int) (at + 8 + length));
      }
      at += FRAME + length;
    }
    return Orientation.UPRIGHT;
  }
}
