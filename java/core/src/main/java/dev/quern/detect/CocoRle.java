package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The run-length encoding (RLE) of a {@link Mask} in COCO's format, as in annotation files and
 * pycocotools. The pixels of the image are read column by column. The counts are the lengths of
 * runs of pixels that are alternately outside and inside the mask. The first run is outside and may
 * have length 0.
 *
 * @param size height and width of the image
 * @param counts the lengths of the runs; their sum is {@code height * width}
 */
public record CocoRle(Size size, List<Integer> counts) {
  private static final String OP = "coco rle";

  /** Number of bits of a count in one character of the compressed form. */
  private static final int PART = 5;

  /** The bit of a character that announces further characters of the same count. */
  private static final int MORE = 1 << PART;

  /** The sign bit of a count's last character. */
  private static final int SIGN = 1 << PART - 1;

  /** The character of part 0. */
  private static final char ZERO = '0';

  /** Maximum number of characters of a count: seven parts hold 35 bits. */
  private static final int LONGEST = 7;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if height or width is less than 1, the image has more than
   *     2^31 - 9 pixels, a count is negative, or the sum of counts differs from {@code height *
   *     width}
   */
  public CocoRle {
    long pixels = pixels(size);
    counts = Require.all(OP, "counts", counts);
    long sum = 0;
    for (int count : counts) {
      if (count < 0) {
        throw new InvalidArgumentException(OP + ": count " + count + " must be at least 0");
      }
      sum += count;
    }
    if (sum != pixels) {
      throw new InvalidArgumentException(
          OP + ": sum of counts is " + sum + ", expected " + pixels + " pixels of size " + size);
    }
  }

  private static long pixels(Size size) {
    Require.present(OP, "size", size);
    long pixels = (long) size.height() * size.width();
    if (size.height() < 1 || size.width() < 1 || pixels > Heap.MOST) {
      throw new InvalidArgumentException(
          OP + ": size " + size + " must be at least 1x1, with at most " + Heap.MOST + " pixels");
    }
    return pixels;
  }

  /**
   * Encodes a mask.
   *
   * @param mask a mask of an image
   * @param size height and width of the image
   * @throws InvalidArgumentException if the mask extends beyond the image, height or width is less
   *     than 1, or the image has more than 2^31 - 9 pixels
   */
  public static CocoRle of(Mask mask, Size size) {
    Require.present(OP, "mask", mask);
    int pixels = (int) pixels(size);
    int right = mask.left() + mask.width();
    int bottom = mask.top() + mask.height();
    if (right > size.width() || bottom > size.height()) {
      throw new InvalidArgumentException(
          OP + ": " + mask + " is outside the image of size " + size);
    }
    List<Integer> counts = new ArrayList<>();
    int end = 0; // of the runs so far
    for (int x = mask.left(); x < right; x++) {
      int column = x * size.height();
      for (int y = mask.top(); y < bottom; y++) {
        int begin = y;
        while (y < bottom && mask.contains(x, y)) {
          y++;
        }
        if (y > begin) {
          add(counts, column + begin - end, y - begin);
          end = column + y;
        }
      }
    }
    if (end < pixels) {
      counts.add(pixels - end);
    }
    return new CocoRle(size, counts);
  }

  /** Appends a run inside the mask, which may continue the last one in the next column. */
  private static void add(List<Integer> counts, int outside, int inside) {
    if (outside == 0 && !counts.isEmpty()) {
      int last = counts.size() - 1;
      counts.set(last, counts.get(last) + inside);
    } else {
      counts.add(outside);
      counts.add(inside);
    }
  }

  /**
   * Decodes the compressed form that {@link #compressed} returns.
   *
   * @param size height and width of the image
   * @param text the {@code counts} of COCO's JSON, as a string
   * @throws InvalidArgumentException if the text has a character outside {@code '0'} to {@code
   *     'o'}, ends within a count or has a count outside 32 bits, or for the reasons of the
   *     constructor
   */
  public static CocoRle of(Size size, String text) {
    Require.present(OP, "text", text);
    List<Integer> counts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int begin = at;
      long value = 0;
      int part = MORE;
      while ((part & MORE) != 0) {
        if (at == text.length() || at - begin == LONGEST) {
          throw wrong(begin, "is not complete");
        }
        part = text.charAt(at) - ZERO;
        if (part < 0 || part >= 2 * MORE) {
          throw wrong(at, "is outside '0' to 'o'");
        }
        value |= (long) (part & MORE - 1) << PART * (at - begin);
        at++;
      }
      if ((part & SIGN) != 0) {
        value |= -1L << PART * (at - begin);
      }
      value += counts.size() > 2 ? counts.get(counts.size() - 2) : 0;
      if (value < 0 || value > Integer.MAX_VALUE) {
        throw wrong(begin, "encodes " + value + ", which is outside [0, 2^31 - 1]");
      }
      counts.add((int) value);
    }
    return new CocoRle(size, counts);
  }

  private static InvalidArgumentException wrong(int at, String what) {
    return new InvalidArgumentException(OP + ": text: count at character " + at + " " + what);
  }

  /**
   * Returns the counts as a string, in the compressed form of pycocotools: from the fourth count
   * on, the difference from the count two places before, in parts of 5 bits.
   */
  public String compressed() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < counts.size(); i++) {
      long value = counts.get(i) - (i > 2 ? (long) counts.get(i - 2) : 0);
      boolean more = true;
      while (more) {
        long part = value & MORE - 1;
        value >>= PART;
        more = value != ((part & SIGN) != 0 ? -1 : 0);
        text.append((char) (ZERO + part + (more ? MORE : 0)));
      }
    }
    return text.toString();
  }

  /**
   * Decodes the mask.
   *
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the mask
   */
  public Mask mask() {
    return Heap.within(OP, this::decoded);
  }

  private Mask decoded() {
    BitSet bits = new BitSet();
    int width = size.width();
    int at = 0;
    for (int i = 0; i < counts.size(); i++) {
      int end = at + counts.get(i);
      for (; i % 2 == 1 && at < end; at++) {
        bits.set(at % size.height() * width + at / size.height());
      }
      at = end;
    }
    return Mask.trimmed(0, 0, width, size.height(), bits);
  }
}
