package dev.quern.image.formats;

import dev.quern.image.decode.Exif;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.TooLargeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The checked structure of a WebP file. The plug-in trusts each size in the file separately and may
 * read beyond the end of the file; this class requires that all sizes match.
 *
 * @param width the width of the canvas; {@code height} is its height
 * @param left the distance of an animation's first image from the canvas's left edge; {@code top}
 *     is the distance from the top edge
 * @param orientation the EXIF orientation
 * @param lossy whether the file may use lossy compression
 */
record WebpFile(int width, int height, int left, int top, int orientation, boolean lossy) {
  private static final int HEADER = 12;

  /** The offset of a chunk's data, after its type and length. */
  private static final int DATA = 8;

  private static final int FRAME = 16;

  /** The size of a color profile's header in bytes. */
  private static final int PROFILE = 128;

  private static final int SIDE_BITS = 14;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  static boolean begins(byte[] encoded) {
    return encoded.length >= HEADER && is("RIFF", encoded, 0) && is("WEBP", encoded, 8);
  }

  private static boolean is(String kind, byte[] encoded, int at) {
    return kind.equals(new String(encoded, at, 4, StandardCharsets.ISO_8859_1));
  }

  /**
   * Parses and checks a file for which {@link #begins} is true.
   *
   * @param most the maximum number of pixels
   */
  static WebpFile of(byte[] encoded, long most) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int end = end(bytes, 4, encoded.length);
    int first = HEADER;
    if (end < first + DATA) {
      throw new IOException("it contains no image");
    }
    if (!is("VP8X", encoded, first)) {
      int[] size = size(bytes, first, end);
      TooLargeException.check(size[0], size[1], most);
      requireTransforms(bytes, first, end, size);
      boolean lossy = is("VP8 ", encoded, first);
      return new WebpFile(size[0], size[1], 0, 0, Orientation.UPRIGHT, lossy);
    }
    if (end(bytes, first + 4, end) < first + DATA + 10) {
      throw new IOException("its header is truncated");
    }
    return extended(bytes, first, end, most);
  }

  /** Returns the end of the data whose length is stored at a position. */
  private static int end(ByteBuffer bytes, int at, int limit) throws IOException {
    long end = at + 4 + (bytes.getInt(at) & 0xffffffffL);
    if (end > limit) {
      throw new IOException("truncated after " + limit + " of " + end + " bytes");
    }
    return (int) end;
  }

  private static WebpFile extended(ByteBuffer bytes, int header, int end, long most)
      throws IOException {
    byte[] encoded = bytes.array();
    int width = three(bytes, header + DATA + 4) + 1;
    int height = three(bytes, header + DATA + 7) + 1;
    TooLargeException.check(width, height, most);
    int orientation = Orientation.UPRIGHT;
    boolean lossy = true;
    Placed shown = null;
    boolean still = false;
    boolean alpha = false;
    for (int at = header; at + DATA <= end; ) {
      int next = end(bytes, at + 4, end);
      if (is("ANMF", encoded, at)) {
        Placed one = frame(bytes, at, next, shown == null);
        one.requireInside(width, height);
        requireOne("image", still);
        shown = shown == null ? one : shown;
      } else if (is("VP8 ", encoded, at) || is("VP8L", encoded, at)) {
        requireOne("image", shown != null);
        shown = new Placed(0, 0, size(bytes, at, end));
        requireSame(shown.size(), new int[] {width, height});
        requireTransforms(bytes, at, end, width, height);
        lossy = is("VP8 ", encoded, at);
        still = true;
      } else if (is("ALPH", encoded, at)) {
        requireOne("alpha channel", alpha);
        requireTransforms(bytes, at, end, width, height);
        alpha = true;
      } else if (is("ICCP", encoded, at)) {
        requireProfile(bytes, at + DATA, next);
      } else if (is("EXIF", encoded, at)) {
        orientation = orientation(encoded, at + DATA, next);
      }
      at = next + (next - at) % 2;
    }
    if (shown == null) {
      throw new IOException("it contains no image");
    }
    return new WebpFile(width, height, shown.left(), shown.top(), orientation, lossy);
  }

  /** Rejects a second image or alpha channel, since the plug-in would allocate memory for each. */
  private static void requireOne(String what, boolean there) throws IOException {
    if (there) {
      throw new IOException("the file has more than one " + what);
    }
  }

  /**
   * Checks the size that a color profile declares, since the plug-in would allocate that much
   * memory.
   */
  private static void requireProfile(ByteBuffer bytes, int from, int next) throws IOException {
    int told = next - from < PROFILE ? 0 : Integer.reverseBytes(bytes.getInt(from));
    if (told < PROFILE || told > next - from) {
      throw new IOException(
          "the color profile has " + told + " bytes in a chunk of " + (next - from));
    }
  }

  /** The size of an image and its position on the file's canvas. */
  private record Placed(int left, int top, int... size) {
    void requireInside(int width, int height) throws IOException {
      if ((long) left + size[0] > width || (long) top + size[1] > height) {
        throw new IOException("an image is outside the canvas of " + width + " x " + height);
      }
    }
  }

  /** Checks an image of an animation, and returns its size and position. */
  private static Placed frame(ByteBuffer bytes, int at, int next, boolean first)
      throws IOException {
    int from = at + DATA;
    if (next < from + FRAME) {
      throw new IOException("the header of an image is truncated");
    }
    int[] size = {three(bytes, from + 6) + 1, three(bytes, from + 9) + 1};
    requireSame(size, pixels(bytes, from + FRAME, next, first ? size : new int[0]));
    return new Placed(2 * three(bytes, from), 2 * three(bytes, from + 3), size);
  }

  /**
   * Returns the size of an animation's image, which consists of one chunk of pixels and at most one
   * alpha chunk.
   */
  private static int[] pixels(ByteBuffer bytes, int from, int end, int... decoded)
      throws IOException {
    int[] size = null;
    boolean alpha = false;
    for (int at = from; at + DATA <= end; ) {
      int next = end(bytes, at + 4, end);
      if (decoded.length > 0) {
        requireTransforms(bytes, at, end, decoded);
      }
      if (is("ALPH", bytes.array(), at)) {
        requireOne("alpha channel", alpha);
        alpha = true;
      } else {
        requireOne("image", size != null);
        size = size(bytes, at, end);
      }
      at = next + (next - at) % 2;
    }
    if (size == null) {
      throw new IOException("an image does not contain pixels");
    }
    return size;
  }

  /**
   * Checks the transforms of a lossless chunk, which may be an alpha channel; ignores other chunks.
   */
  private static void requireTransforms(ByteBuffer bytes, int at, int end, int... size)
      throws IOException {
    int next = end(bytes, at + 4, end);
    int data = at + DATA;
    if (is("VP8L", bytes.array(), at)) {
      LosslessTransforms.requireOnce(bytes.array(), data + 5, next, size[0], size[1]);
    } else if (is("ALPH", bytes.array(), at) && data < next && (bytes.get(data) & 3) == 1) {
      LosslessTransforms.requireOnce(bytes.array(), data + 1, next, size[0], size[1]);
    }
  }

  private static void requireSame(int[] size, int[] other) throws IOException {
    if (!Arrays.equals(size, other)) {
      throw new IOException(
          "an image has "
              + size[0]
              + " x "
              + size[1]
              + " pixels, its header declares "
              + other[0]
              + " x "
              + other[1]);
    }
  }

  private static int three(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff | (bytes.get(at + 2) & 0xff) << 16;
  }

  /** Returns width and height from the header of a chunk of pixels. */
  private static int[] size(ByteBuffer bytes, int at, int end) throws IOException {
    boolean lossy = is("VP8 ", bytes.array(), at);
    if (!lossy && !is("VP8L", bytes.array(), at)) {
      throw new IOException("it contains no image");
    }
    if (end(bytes, at + 4, end) < at + DATA + 10 - (lossy ? 0 : 5)) {
      throw new IOException("the header of an image is truncated");
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
