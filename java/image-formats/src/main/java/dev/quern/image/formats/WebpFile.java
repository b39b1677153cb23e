package dev.quern.image.formats;

import dev.quern.image.decode.Exif;
import dev.quern.image.decode.Orientation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a WebP file says of its picture. The plug-in believes each of the sizes in it by itself, and
 * reads on behind the file's end; here they have to agree.
 *
 * @param width of all that is shown, as is the height
 * @param left where the first picture of an animation is, as is the top
 * @param orientation EXIF's
 */
record WebpFile(int width, int height, int left, int top, int orientation) {
  private static final int HEADER = 12;

  /** Behind the kind and the length of a chunk. */
  private static final int DATA = 8;

  private static final int FRAME = 16;
  private static final int SIDE_BITS = 14;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  static boolean begins(byte[] encoded) {
    return encoded.length >= HEADER && is("RIFF", encoded, 0) && is("WEBP", encoded, 8);
  }

  private static boolean is(String kind, byte[] encoded, int at) {
    return kind.equals(new String(encoded, at, 4, StandardCharsets.ISO_8859_1));
  }

  /** A file that {@link #begins} as one. */
  static WebpFile of(byte[] encoded) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int end = end(bytes, 4, encoded.length);
    int first = HEADER;
    if (end < first + DATA) {
      throw new IOException("no picture in it");
    }
    if (!is("VP8X", encoded, first)) {
      int[] size = size(bytes, first, end);
      return new WebpFile(size[0], size[1], 0, 0, Orientation.UPRIGHT);
    }
    if (end(bytes, first + 4, end) < first + DATA + 10) {
      throw new IOException("its header is cut short");
    }
    return extended(bytes, first, end);
  }

  /** Where the data end whose length stands there. */
  private static int end(ByteBuffer bytes, int at, int limit) throws IOException {
    long end = at + 4 + (bytes.getInt(at) & 0xffffffffL);
    if (end > limit) {
      throw new IOException("cut short: " + end + " bytes are " + limit);
    }
    return (int) end;
  }

  private static WebpFile extended(ByteBuffer bytes, int header, int end) throws IOException {
    byte[] encoded = bytes.array();
    int width = three(bytes, header + DATA + 4) + 1;
    int height = three(bytes, header + DATA + 7) + 1;
    int left = 0;
    int top = 0;
    int orientation = Orientation.UPRIGHT;
    int[] size = null;
    for (int at = header; at + DATA <= end; ) {
      int next = end(bytes, at + 4, end);
      if (is("ANMF", encoded, at) && size == null) {
        if (next < at + DATA + FRAME) {
          throw new IOException("the header of a picture is cut short");
        }
        left = 2 * three(bytes, at + DATA);
        top = 2 * three(bytes, at + DATA + 3);
        size = new int[] {three(bytes, at + DATA + 6) + 1, three(bytes, at + DATA + 9) + 1};
        requireSame(size, pixels(bytes, at + DATA + FRAME, next));
      } else if ((is("VP8 ", encoded, at) || is("VP8L", encoded, at)) && size == null) {
        size = size(bytes, at, end);
        requireSame(size, new int[] {width, height});
      } else if (is("EXIF", encoded, at)) {
        orientation = orientation(encoded, at + DATA, next);
      }
      at = next + (next - at) % 2;
    }
    if (size == null) {
      throw new IOException("no picture in it");
    }
    if ((long) left + size[0] > width || (long) top + size[1] > height) {
      throw new IOException("a picture outside of the file's " + width + " x " + height);
    }
    return new WebpFile(width, height, left, top, orientation);
  }

  /** The size of the pixels among the chunks of an animation's picture. */
  private static int[] pixels(ByteBuffer bytes, int from, int end) throws IOException {
    for (int at = from; at + DATA <= end; ) {
      if (!is("ALPH", bytes.array(), at)) {
        return size(bytes, at, end);
      }
      int next = end(bytes, at + 4, end);
      at = next + (next - at) % 2;
    }
    throw new IOException("a picture without pixels");
  }

  private static void requireSame(int[] size, int[] other) throws IOException {
    if (!Arrays.equals(size, other)) {
      throw new IOException(
          size[0] + " x " + size[1] + " pixels where " + other[0] + " x " + other[1] + " are told");
    }
  }

  private static int three(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff | (bytes.get(at + 2) & 0xff) << 16;
  }

  /** Width and height in the head of a chunk of pixels. */
  private static int[] size(ByteBuffer bytes, int at, int end) throws IOException {
    boolean lossy = is("VP8 ", bytes.array(), at);
    if (!lossy && !is("VP8L", bytes.array(), at)) {
      throw new IOException("no picture in it");
    }
    if (end(bytes, at + 4, end) < at + DATA + 10 - (lossy ? 0 : 5)) {
      throw new IOException("the header of a picture is cut short");
    }
    int mask = (1 << SIDE_BITS) - 1;
    if (lossy) {
      return new int[] {bytes.getShort(at + DATA + 6) & mask, bytes.getShort(at + DATA + 8) & mask};
    }
    int packed = bytes.getInt(at + DATA + 1);
    return new int[] {(packed & mask) + 1, (packed >>> SIDE_BITS & mask) + 1};
  }

  private static int orientation(byte[] encoded, int from, int to) {
    int n = EXIF.length;
    boolean marked = to - from >= n && Arrays.equals(EXIF, 0, n, encoded, from, from + n);
    return Exif.orientation(encoded, marked ? from + n : from, to);
  }
}
