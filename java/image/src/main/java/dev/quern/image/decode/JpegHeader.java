package dev.quern.image.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The color encoding and orientation of a JPEG, from the segments before its pixels.
 *
 * @param components the ids of the components
 * @param progressive whether the file is a progressive JPEG
 * @param jfif whether the JFIF segment is present, which means that three components are YCbCr
 * @param adobe the transform in Adobe's segment; {@link #NONE} if the segment is missing
 * @param orientation the EXIF orientation
 */
record JpegHeader(int[] components, boolean progressive, boolean jfif, int adobe, int orientation) {
  static final int NONE = -1;

  /** The maximum number of pixels by which blocks of coefficients extend beyond the image. */
  private static final int BLOCKS = 32;

  /** The memory in bytes for the decoder's tables and buffers. */
  private static final long BESIDE = 96 << 10;

  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int PROGRESSIVE = 0xc2;
  private static final int START_OF_SCAN = 0xda;
  private static final int END = 0xd9;
  private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);
  private static final int ADOBE_TRANSFORM = 11;

  /** Parses the header of a file. Corrupt segments are ignored; the decoder reports errors. */
  static JpegHeader of(byte[] jpeg) {
    int[] components = {};
    boolean progressive = false;
    boolean jfif = false;
    int adobe = NONE;
    int orientation = NONE;
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xff) == 0xff) {
      int marker = jpeg[at + 1] & 0xff;
      if (marker == START_OF_SCAN || marker == END) {
        break;
      }
      if (marker == 0xff) { // a fill byte
        at++;
        continue;
      }
      int from = at + 4;
      int end = at + 2 + ((jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff);
      if (end < from || end > jpeg.length) {
        break;
      }
      if (isFrame(marker)) {
        components = components(jpeg, from, end);
        progressive = marker == PROGRESSIVE;
      } else if (marker == APP0 && has(JFIF, jpeg, from, end)) {
        jfif = true;
      } else if (marker == APP14 && has(ADOBE, jpeg, from, end) && end - from > ADOBE_TRANSFORM) {
        adobe = jpeg[from + ADOBE_TRANSFORM] & 0xff;
      } else if (marker == APP1 && orientation == NONE && has(EXIF, jpeg, from, end)) {
        orientation = Exif.orientation(jpeg, from + EXIF.length, end);
      }
      at = end;
    }
    return new JpegHeader(components, progressive, jfif, adobe, orientation);
  }

  /**
   * Returns whether a marker begins a frame: SOF0 to SOF15, except the three other markers in that
   * range.
   */
  static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** Returns the ids of the components in a frame header. */
  private static int[] components(byte[] jpeg, int from, int end) {
    int count = end - from > 5 ? jpeg[from + 5] & 0xff : 0;
    int[] ids = new int[Math.max(0, Math.min(count, (end - from - 6) / 3))];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = jpeg[from + 6 + 3 * i] & 0xff;
    }
    return ids;
  }

  private static boolean has(byte[] begin, byte[] jpeg, int from, int end) {
    int n = begin.length;
    return end - from >= n && Arrays.equals(begin, 0, n, jpeg, from, from + n);
  }

  /**
   * Returns an upper bound in bytes of the memory for decoding, on and off the heap: the reader's
   * raster, the image and, for several scans, 16-bit coefficients.
   */
  long bytes(long width, long height, int scans) {
    int bands = components.length;
    long pixels = width * height;
    long image = pixels * (bands == 1 ? 1 : 3);
    boolean kept = scans > 1 || progressive;
    long coefficients = kept ? 2 * bands * (width + BLOCKS) * (height + BLOCKS) : 0;
    long rows = 64 * bands * (width + BLOCKS);
    return bands * pixels
        + image
        + Orientation.bytes(orientation, image)
        + coefficients
        + rows
        + BESIDE;
  }

  /** Returns whether three components are YCbCr, by libjpeg's rules; the JDK's rules differ. */
  boolean isYcc() {
    return jfif
        || (adobe != NONE ? adobe != 0 : !Arrays.equals(components, new int[] {'R', 'G', 'B'}));
  }

  /** Returns whether four components are YCCK rather than CMYK. */
  boolean isYcck() {
    return adobe > 0;
  }

  /** Returns whether a CMYK sample of 0 means full ink, as in files of Adobe's programs. */
  boolean isInverted() {
    return adobe != NONE;
  }
}
