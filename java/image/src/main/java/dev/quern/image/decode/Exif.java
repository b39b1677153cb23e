package dev.quern.image.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A parser of the orientation in EXIF data, which is a small TIFF file without pixels. */
public final class Exif {
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY = 12;
  private static final int HEADER = 8;

  private Exif() {}

  /**
   * Returns the EXIF orientation. The result is 1 if the orientation is missing or the data is
   * corrupt, since the image can still be decoded.
   */
  public static int orientation(byte[] bytes, int from, int to) {
    if (to - from < HEADER) {
      return Orientation.UPRIGHT;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, from, to - from).slice();
    short order = tiff.getShort(0);
    if (order != ('I' << 8 | 'I') && order != ('M' << 8 | 'M')) {
      return Orientation.UPRIGHT;
    }
    tiff.order(order == ('I' << 8 | 'I') ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = tiff.getInt(4) & 0xffffffffL;
    if (directory > tiff.capacity() - 2) {
      return Orientation.UPRIGHT;
    }
    int entries = tiff.getShort((int) directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      long at = directory + 2 + (long) i * ENTRY;
      if (at + ENTRY > tiff.capacity()) {
        break;
      }
      int entry = (int) at;
      if ((tiff.getShort(entry) & 0xffff) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
        return tiff.getShort(entry + 8);
      }
    }
    return Orientation.UPRIGHT;
  }
}
