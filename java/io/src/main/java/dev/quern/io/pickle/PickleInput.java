package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * The bytes of a pickle in memory. Declared lengths are checked against the remaining bytes before
 * memory is allocated.
 */
final class PickleInput {
  private static final int LONGEST_LINE = 256;

  private final byte[] pickle;
  private int position;

  /**
   * Creates the input.
   *
   * @param from the index at which the pickle begins
   */
  PickleInput(byte[] pickle, int from) {
    this.pickle = pickle;
    this.position = from;
  }

  /** Returns the index of the next byte to read. */
  int position() {
    return position;
  }

  int available() {
    return pickle.length - position;
  }

  /** Reads the next byte as an integer from 0 to 255. */
  int unsigned() {
    require(1);
    return pickle[position++] & 0xff;
  }

  /** Reads a little-endian integer of at most 8 bytes. */
  long littleEndian(int bytes) {
    require(bytes);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | pickle[position + i] & 0xff;
    }
    position += bytes;
    return value;
  }

  /**
   * Reads bytes that are preceded by their count.
   *
   * @param lengthBytes the size of the count in bytes
   */
  byte[] bytes(int lengthBytes) {
    long length = littleEndian(lengthBytes);
    if (length > available()) {
      throw new FormatException(
          "a string has " + length + " bytes, but only " + available() + " remain");
    }
    position += (int) length;
    return Arrays.copyOfRange(pickle, position - (int) length, position);
  }

  /**
   * Reads a string that is preceded by its length.
   *
   * @param lengthBytes the size of the length in bytes
   */
  String text(int lengthBytes, Charset charset) {
    return new String(bytes(lengthBytes), charset);
  }

  /**
   * Reads a signed integer of any size, and returns it as the smallest type that can represent it.
   */
  Number integer() {
    byte[] bytes = bytes(1);
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte swap = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swap;
    }
    BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  /** Reads text up to the next line feed, which is skipped; at most 256 bytes. */
  String line() {
    StringBuilder line = new StringBuilder();
    while (line.length() < LONGEST_LINE && available() > 0) {
      int c = unsigned();
      if (c == '\n') {
        break;
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private void require(int bytes) {
    if (bytes > available()) {
      throw new FormatException("it ends too early");
    }
  }
}
