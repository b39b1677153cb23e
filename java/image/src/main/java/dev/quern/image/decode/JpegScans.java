package dev.quern.image.decode;

import java.io.IOException;

/**
 * The passes of a JPEG, counted without decoding. A decoder paints the picture once for each: 28
 * bytes of a file are then as much work as all of its pixels.
 */
public final class JpegScans {
  /** Times the pixels that are allowed: what a file's scans may paint. Photos have 10 or so. */
  private static final long TIMES = 24;

  /** Of a picture however small. */
  private static final int MOST = 500;

  /** Of a JPEG inside of another file: one for each component, which are painted once. */
  private static final int MOST_INSIDE = 4;

  /** Rows by which the last strip may stand over. */
  private static final int BLOCK = 16;

  private static final int SEQUENTIAL = 0xc1;
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int START_OF_SCAN = 0xda;

  private JpegScans() {}

  /** How many there are between two places; of a file that may be broken. */
  public static int count(byte[] jpeg, int from, int to) {
    int scans = 0;
    int at = from;
    while (at + 1 < to) {
      if ((jpeg[at] & 0xff) != 0xff) {
        at++; // coded pixels
        continue;
      }
      int marker = jpeg[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
      } else if (marker < 0xc0 || marker >= 0xd0 && marker <= START) {
        at += 2; // a coded 255, or a marker without data
      } else if (marker == END) {
        if (scans > 0) {
          break; // other files may follow, as of a phone's moving pictures
        }
        at += 2; // of tables alone
      } else {
        scans += marker == START_OF_SCAN ? 1 : 0;
        int length = at + 3 < to ? (jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff : 2;
        at += 2 + Math.max(2, length);
      }
    }
    return scans;
  }

  /**
   * How many scans a picture of this size may have.
   *
   * @param most pixels that are allowed
   */
  static int most(long width, long height, long most) {
    return (int) Math.min(MOST, TIMES * most / Math.max(1, width * height));
  }

  /**
   * @throws IOException if the work is more than allowed
   */
  static void require(int scans, long width, long height, long mostPixels) throws IOException {
    int most = most(width, height, mostPixels);
    if (scans > most) {
      throw new IOException(
          scans + " scans are more than " + most + ", the limit of " + width + " x " + height);
    }
  }

  /**
   * Of a file inside of another, whose rules want one pass and a size.
   *
   * @throws IOException if it has another size, or several passes
   */
  public static void requireOnePass(byte[] jpeg, int from, int to, long width, long height)
      throws IOException {
    int frames = 0;
    int scans = count(jpeg, from, to);
    for (int at = from + 2; at + 9 < to && (jpeg[at] & 0xff) == 0xff; ) {
      int marker = jpeg[at + 1] & 0xff;
      if (marker == START_OF_SCAN) {
        break;
      }
      if (JpegHeader.isFrame(marker)) {
        frames++;
        int rows = (jpeg[at + 5] & 0xff) << 8 | jpeg[at + 6] & 0xff;
        int columns = (jpeg[at + 7] & 0xff) << 8 | jpeg[at + 8] & 0xff;
        if (marker > SEQUENTIAL || columns > width || rows > height + BLOCK) {
          throw new IOException("a JPEG inside that is not its tile's size, or progressive");
        }
      }
      at += marker == 0xff ? 1 : 2 + ((jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff);
    }
    if (frames != 1 || scans < 1 || scans > MOST_INSIDE) {
      throw new IOException("a JPEG inside of " + frames + " frames and " + scans + " scans");
    }
  }
}
