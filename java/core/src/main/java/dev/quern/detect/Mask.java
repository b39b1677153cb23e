package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.BitSet;

/**
 * The pixels of an object in an image (instance segmentation). The coordinates are those of {@link
 * Box}: pixel (x, y) spans x to x + 1 and y to y + 1. The mask stores only the bounding rectangle
 * of its pixels. Masks with the same pixels are equal. Immutable and thread-safe.
 */
public final class Mask {
  private static final String OP = "mask";

  private final int left;
  private final int top;
  private final int width;
  private final int height;

  /** One bit per pixel of the bounding rectangle, row by row. */
  private final BitSet bits;

  private Mask(int left, int top, int width, int height, BitSet bits) {
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
    this.bits = bits;
  }

  /**
   * Returns the mask of the pixels that are set in a rectangle of the image.
   *
   * @param left x of the rectangle's first column
   * @param top y of the rectangle's first row
   * @param width the rectangle's width in pixels; 0 for an empty mask
   * @param height the rectangle's height in pixels
   * @param pixels {@code width * height} values, row by row
   * @throws InvalidArgumentException if a coordinate is negative, the rectangle ends beyond 2^31 -
   *     1, or the number of pixels differs from {@code width * height}
   */
  public static Mask of(int left, int top, int width, int height, boolean... pixels) {
    Require.present(OP, "pixels", pixels);
    if (Math.min(Math.min(left, top), Math.min(width, height)) < 0
        || Math.max((long) left + width, (long) top + height) > Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          OP
              + ": left "
              + left
              + ", top "
              + top
              + ", width "
              + width
              + ", height "
              + height
              + " must be at least 0, and right and bottom at most 2^31 - 1");
    }
    if (pixels.length != (long) width * height) {
      throw new InvalidArgumentException(
          OP + ": " + pixels.length + " pixels, expected " + (long) width * height);
    }
    BitSet bits = Heap.within(OP, () -> new BitSet(pixels.length));
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i]) {
        bits.set(i);
      }
    }
    return trimmed(left, top, width, height, bits);
  }

  /**
   * Returns the mask of the bits that are set in a rectangle, which has at most {@link Heap#MOST}
   * pixels.
   */
  static Mask trimmed(int left, int top, int width, int height, BitSet bits) {
    if (bits.isEmpty()) {
      return new Mask(0, 0, 0, 0, new BitSet());
    }
    int first = bits.nextSetBit(0) / width;
    int last = (bits.length() - 1) / width;
    int begin = width;
    int end = 0;
    for (int y = first; y <= last; y++) {
      int next = bits.nextSetBit(y * width);
      if (next / width == y) {
        begin = Math.min(begin, next - y * width);
        end = Math.max(end, bits.previousSetBit((y + 1) * width - 1) - y * width + 1);
      }
    }
    int rows = last + 1 - first;
    int columns = end - begin;
    if (rows == height && columns == width) {
      return new Mask(left, top, width, height, bits);
    }
    BitSet own = new BitSet(rows * columns);
    for (int y = 0; y < rows; y++) {
      int from = (first + y) * width + begin;
      int to = from + columns;
      for (int i = bits.nextSetBit(from); i >= 0 && i < to; i = bits.nextSetBit(i)) {
        int clear = Math.min(to, bits.nextClearBit(i));
        own.set(y * columns + i - from, y * columns + clear - from);
        i = clear;
      }
    }
    return new Mask(left + begin, top + first, columns, rows, own);
  }

  /** Returns x of the leftmost pixel; 0 for an empty mask. */
  public int left() {
    return left;
  }

  /** Returns y of the topmost pixel; 0 for an empty mask. */
  public int top() {
    return top;
  }

  /** Returns the width of the pixels' bounding rectangle; 0 for an empty mask. */
  public int width() {
    return width;
  }

  /** Returns the height of the pixels' bounding rectangle; 0 for an empty mask. */
  public int height() {
    return height;
  }

  /** Returns the bounding rectangle of the pixels; an empty box for an empty mask. */
  public Box box() {
    return new Box(left, top, (double) left + width, (double) top + height);
  }

  /** Returns the number of pixels. */
  public int area() {
    return bits.cardinality();
  }

  /**
   * Returns whether a pixel belongs to the object; false outside the bounding rectangle.
   *
   * @param x the pixel's column in the image
   * @param y the pixel's row in the image
   */
  public boolean contains(int x, int y) {
    return x >= left
        && x - left < width
        && y >= top
        && y - top < height
        && bits.get((y - top) * width + x - left);
  }

  /** Returns the number of pixels in both masks. */
  public int intersection(Mask other) {
    Require.present(OP, "other", other);
    int begin = Math.max(left, other.left);
    int end = Math.min(left + width, other.left + other.width);
    int bottom = Math.min(top + height, other.top + other.height);
    int both = 0;
    for (int y = Math.max(top, other.top); y < bottom && begin < end; y++) {
      BitSet row = row(y, begin, end);
      row.and(other.row(y, begin, end));
      both += row.cardinality();
    }
    return both;
  }

  private BitSet row(int y, int begin, int end) {
    int from = (y - top) * width - left;
    return bits.get(from + begin, from + end);
  }

  /** Returns the intersection over union (IoU) of both masks; 0 for two empty masks. */
  public double iou(Mask other) {
    int both = intersection(other);
    long all = (long) area() + other.area() - both;
    return all > 0 ? (double) both / all : 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mask m
        && left == m.left
        && top == m.top
        && width == m.width
        && height == m.height
        && bits.equals(m.bits);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * left + top) + bits.hashCode();
  }

  @Override
  public String toString() {
    return "mask of " + area() + " pixels in " + box();
  }
}
