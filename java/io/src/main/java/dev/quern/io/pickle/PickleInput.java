package dev.quern.io.pickle;

import java.io.ByteArrayInputStream;

/**
 * A pickle in memory that can tell whether it holds as much as it claims before anybody allocates
 * that much.
 */
final class PickleInput extends ByteArrayInputStream {
  private static final int LONGEST_LINE = 256;

  PickleInput(byte[] pickle) {
    super(pickle);
  }

  /**
   * The little-endian 32-bit length that comes next, unsigned, or -1 where fewer than 4 bytes are
   * left.
   */
  long peekLength() {
    if (available() < 4) {
      return -1;
    }
    long length = 0;
    for (int i = 3; i >= 0; i--) {
      length = length << 8 | buf[pos + i] & 0xff;
    }
    return length;
  }

  /**
   * Text up to the next line feed, which is skipped; what is there if none comes within 256 bytes.
   */
  String line() {
    StringBuilder line = new StringBuilder();
    for (int c; line.length() < LONGEST_LINE && (c = read()) >= 0 && c != '\n'; ) {
      line.append((char) c);
    }
    return line.toString();
  }
}
