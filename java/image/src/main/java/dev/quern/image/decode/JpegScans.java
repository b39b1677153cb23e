package dev.quern.image.decode;

import java.io.IOException;

/**
 * Counting of the passes (scans) of a JPEG without decoding it. A decoder processes the whole image
 * once per scan, so 28 bytes of a file may cost as much time as all of its pixels.
 */
public final class JpegScans {
  /**
   * Maximum number of pixels that a file's scans may decode, relative to the allowed pixels; photos
   * have about 10 scans.
   */
  private static final long TIMES = 24;

  /** Largest number of scans for an image of any size. */
  private static final int MOST = 500;

  /**
   * Largest number of scans of an embedded JPEG: one per component, each of which covers the image
   * once.
   */
  private static final int MOST_INSIDE = 4;

  /** Maximum rows by which the last strip extends beyond the image. */
  private static final int BLOCK = 16;

  private static final int SEQUENTIAL = 0xc1;
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int START_OF_SCAN = 0xda;

  private JpegScans() {}

  /** Returns the number of scans between two positions of a file that may be corrupt. */
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
          break; // other files may follow, as in a phone's motion photos
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
   * Returns the number of scans that an image of this size may have.
   *
   * @param most largest allowed number of pixels
   */
  static int most(long width, long height, long most) {
    return (int) Math.min(MOST, TIMES * most / Math.max(1, width * height));
  }

  /**
   * Checks the number of scans.
   *
   * @throws IOException if there are more scans than allowed
   */
  static void require(int scans, long width, long height, long mostPixels) throws IOException {
    int most = most(width, height, mostPixels);
    if (scans > most) {
      throw new IOException(
          scans + " scans exceed " + most + ", the limit for " + width + " x " + height);
    }
  }

  /**
   * Checks a file embedded in another one, which must have a given size and a single pass.
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
          throw new IOException("an embedded JPEG is progressive or differs in size from its tile");
        }
      }
      at += marker == 0xff ? 1 : 2 + ((jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff);
    }
    if (frames != 1 || scans < 1 || scans > MOST_INSIDE) {
      throw new IOException("an embedded JPEG with " + frames + " frames and " + scans + " scans");
    }
  }
}
