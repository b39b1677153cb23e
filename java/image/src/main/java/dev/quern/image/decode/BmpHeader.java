package dev.quern.image.decode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The fields of a BMP header that are checked before the JDK's reader decodes the file. */
final class BmpHeader {
  private static final int SIZE = 14;
  private static final int BITS = 28;
  private static final int COMPRESSION = 30;

  /** The memory in bytes for the decoder's tables. */
  private static final long BESIDE = 96 << 10;

  private static final int JPEG = 4;
  private static final int PNG = 5;

  private BmpHeader() {}

  /**
   * Rejects an embedded JPEG or PNG file, because the BMP header does not declare the size of that
   * file.
   */
  static void requirePixelsInside(byte[] encoded) throws IOException {
    if (encoded.length < COMPRESSION + 4) {
      return; // an older header, or a missing one
    }
    ByteBuffer header = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int compression = header.getInt(COMPRESSION);
    if (header.getInt(SIZE) >= 40 && (compression == JPEG || compression == PNG)) {
      throw new IOException("an embedded JPEG or PNG is not supported");
    }
  }

  /**
   * Returns an upper bound in bytes of the memory for decoding: the raster, the coded rows, and the
   * image.
   */
  static long bytes(byte[] encoded, long width, long height) {
    ByteBuffer header = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    boolean old = encoded.length < COMPRESSION || header.getInt(SIZE) < 40;
    int bits = old ? 24 : Math.max(8, header.getShort(BITS)); // older headers: 24 at most
    long row = (width * bits + 31) / 32 * 4;
    // six rows of indices; run lengths as in the file, in two copies while they are joined
    return row * height + 24 * width + 2L * encoded.length + 3 * width * height + BESIDE;
  }
}
