package dev.quern.image.decode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one field of a BMP's header that the JDK's reader is not left alone with. */
final class BmpHeader {
  private static final int SIZE = 14;
  private static final int COMPRESSION = 30;
  private static final int JPEG = 4;
  private static final int PNG = 5;

  private BmpHeader() {}

  /** A whole JPEG or PNG file may be inside, whose size the header does not tell. */
  static void requirePixelsInside(byte[] encoded) throws IOException {
    if (encoded.length < COMPRESSION + 4) {
      return; // an older header, or none
    }
    ByteBuffer header = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int compression = header.getInt(COMPRESSION);
    if (header.getInt(SIZE) >= 40 && (compression == JPEG || compression == PNG)) {
      throw new IOException("a JPEG or PNG file inside is not read");
    }
  }
}
