package dev.quern.io.mat;

import dev.quern.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A reader of the elements that are nested in an element of a MATLAB file; it does not read beyond
 * the end of the outer element.
 */
final class MatInput {
  private static final int ALIGNMENT = 8;

  /** The maximum number of bytes that an element can store within its tag. */
  private static final int SMALL = 4;

  private final InputStream in;
  private final ByteOrder order;
  private long left;

  /** An element's type and content. */
  record Element(int type, ByteBuffer content) {
    /**
     * Throws an exception unless a condition is true.
     *
     * @param name the expected kind of element, for the message
     */
    void require(String name, boolean right) {
      if (!right) {
        throw new FormatException(
            name + ": unexpected type " + type + " or size of " + content.capacity() + " bytes");
      }
    }
  }

  /**
   * The tag of an element: its type, its size in bytes, and whether the tag includes the content.
   */
  private record Tag(int type, long bytes, boolean isSmall) {}

  MatInput(InputStream in, ByteOrder order, long bytes) {
    this.in = in;
    this.order = order;
    left = bytes;
  }

  long left() {
    return left;
  }

  /** Reads the tag of an array, and returns the array's size in bytes. */
  long matrix() throws IOException {
    Tag tag = tag();
    if (tag.type != MatFile.MATRIX || tag.isSmall) {
      throw new FormatException("a compressed element of type " + tag.type + " is not an array");
    }
    return tag.bytes;
  }

  /**
   * Reads the next element.
   *
   * @param most the maximum size of the element in bytes
   */
  Element element(long most) throws IOException {
    Tag tag = tag();
    if (tag.bytes > most || tag.bytes > left) {
      throw new FormatException(
          "an element has "
              + tag.bytes
              + " bytes, but at most "
              + Math.min(most, left)
              + " are available");
    }
    ByteBuffer content = bytes((int) tag.bytes);
    long used = tag.isSmall ? SMALL + tag.bytes : tag.bytes;
    // some writers leave the last element without padding
    bytes((int) Math.min(left, -used & (ALIGNMENT - 1)));
    return new Element(tag.type, content);
  }

  private Tag tag() throws IOException {
    int first = bytes(Integer.BYTES).getInt();
    int small = first >>> Short.SIZE;
    if (small > SMALL) {
      throw new FormatException("a small element has " + small + " bytes, more than 4");
    }
    return small > 0
        ? new Tag(first & 0xffff, small, true)
        : new Tag(first, Integer.toUnsignedLong(bytes(Integer.BYTES).getInt()), false);
  }

  /** Reads {@code n} bytes; memory is allocated as they arrive. */
  private ByteBuffer bytes(int n) throws IOException {
    if (n > left) {
      throw new EOFException();
    }
    byte[] all = in.readNBytes(n);
    if (all.length < n) {
      throw new EOFException();
    }
    left -= n;
    return ByteBuffer.wrap(all).order(order);
  }
}
