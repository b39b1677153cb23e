package dev.quern.io.mat;

import dev.quern.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A reader of the elements inside an element of a file; it does not read beyond that element's end.
 */
final class MatInput {
  private static final int ALIGNMENT = 8;

  /** Maximum bytes of an element that is stored within its tag. */
  private static final int SMALL = 4;

  private final InputStream in;
  private final ByteOrder order;
  private long left;

  /** The content of an element. */
  record Element(int type, ByteBuffer content) {
    /**
     * Checks a condition.
     *
     * @param name the description of the element, for the message
     */
    void require(String name, boolean right) {
      if (!right) {
        throw new FormatException(
            name + " of type " + type + " and " + content.capacity() + " bytes are not that");
      }
    }
  }

  /** The type of an element and the number of its bytes. */
  private record Tag(int type, long bytes, boolean isSmall) {}

  MatInput(InputStream in, ByteOrder order, long bytes) {
    this.in = in;
    this.order = order;
    left = bytes;
  }

  long left() {
    return left;
  }

  /** Returns the number of bytes of the next matrix. */
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
   * @param most the maximum bytes of the element
   */
  Element element(long most) throws IOException {
    Tag tag = tag();
    if (tag.bytes > most || tag.bytes > left) {
      throw new FormatException(
          "an element of "
              + tag.bytes
              + " bytes, at most "
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
      throw new FormatException("a small element of " + small + " bytes");
    }
    return small > 0
        ? new Tag(first & 0xffff, small, true)
        : new Tag(first, Integer.toUnsignedLong(bytes(Integer.BYTES).getInt()), false);
  }

  /** Reads bytes; memory is allocated as they arrive. */
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
