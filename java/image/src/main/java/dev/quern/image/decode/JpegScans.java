package dev.quern.image.decode;

import java.io.IOException;

/**
 * Counts the scans (passes) of a JPEG without decoding the file. A decoder processes the whole
 * image once per scan, so 28 bytes of a file may cost as much time as all its pixels.
 */
public final class JpegScans {
  /**
   * The maximum number of pixels that all scans of a file may decode, as a multiple of the pixel
   * limit; photos have about 10 scans.
   */
  private static final long TIMES = 24;

  /** The maximum number of scans for an image of any size. */
  private static final int MOST = 500;

  /**
   * The maximum number of scans of an embedded JPEG: one per component, each of which decodes the
   * image once.
   */
  private static final int MOST_INSIDE = 4;

  /** The maximum number of rows by which the last strip extends beyond the image. */
  private static final int BLOCK = 16;

  private static final int SEQUENTIAL = 0xc1;
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int START_OF_SCAN = 0xda;

  private JpegScans() {}

  /** Returns the number of scans in the bytes of a JPEG, which may be corrupt. */
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
        at += 2; // the file so far contains only tables
      } else {
        scans += marker == START_OF_SCAN ? 1 : 0;
        int length = at + 3 < to ? (jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff : 2;
        at += 2 + Math.max(2, length);
      }
    }
    return scans;
  }

  /**
   * Returns the maximum number of scans for an image of this size.
   *
   * @param most the maximum number of pixels of an image
   */
  static int most(long width, long height, long most) {
    return (int) Math.min(MOST, TIMES * most / Math.max(1, width * height));
  }

  /**
   * Checks the number of scans against the maximum for the image's size.
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
   * Checks a JPEG that is embedded in another file: it must fit its tile and decode each pixel
   * once.
   *
   * @throws IOException if the JPEG is too large, progressive, or has too many scans
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
      throw new IOException("an embedded JPEG has " + frames + " frames and " + scans + " scans");
    }
  }
}
