package dev.quern.image.decode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Access to the chunks of a PNG file, before or after its pixels. */
final class PngChunks {
  private static final int SIGNATURE = 8;

  /** The bytes of a chunk besides its data: length, type and checksum. */
  private static final int FRAME = 12;

  private PngChunks() {}

  /**
   * Returns the data of the first chunk of a type, also in a corrupt file; null if there is no such
   * chunk.
   */
  static @Nullable ByteBuffer data(byte[] encoded, String type) {
    ByteBuffer png = ByteBuffer.wrap(encoded);
    int wanted = ByteBuffer.wrap(type.getBytes(StandardCharsets.US_ASCII)).getInt();
    long at = SIGNATURE;
    while (at + FRAME <= encoded.length) {
      long length = png.getInt((int) at) & 0xffffffffL;
      if (at + FRAME + length > encoded.length) {
        break;
      }
      if (png.getInt((int) at + 4) == wanted) {
        return png.position((int) at + 8).limit((int) (at + 8 + length));
      }
      at += FRAME + length;
    }
    return null;
  }

  /** Returns the EXIF orientation in the chunk eXIf. */
  static int orientation(byte[] encoded) {
    ByteBuffer exif = data(encoded, "eXIf");
    return exif == null
        ? Orientation.UPRIGHT
        : Exif.orientation(encoded, exif.position(), exif.limit());
  }
}
