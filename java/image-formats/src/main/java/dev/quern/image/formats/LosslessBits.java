package dev.quern.image.formats;

import java.io.IOException;

/** Reads the bits of a lossless WebP image, lowest bit first, and decodes its symbols. */
final class LosslessBits {
  private static final int MOST_LENGTH = 15;

  /**
   * The order in which the file stores the code lengths of the code that encodes all other code
   * lengths.
   */
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  private final byte[] bytes;
  private final long end;
  private long at;

  LosslessBits(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    at = 8L * from;
    end = 8L * to;
  }

  int take(int count) throws IOException {
    if (at + count > end) {
      throw new IOException("truncated");
    }
    int value = 0;
    for (int i = 0; i < count; i++, at++) {
      value |= (bytes[(int) (at >> 3)] >> (at & 7) & 1) << i;
    }
    return value;
  }

  /** A prefix code (Huffman code) of symbols. */
  final class Code {
    private final int[] counts = new int[MOST_LENGTH + 1];
    private final int[] symbols;

    /** Reads the code that the file stores next. */
    Code(int alphabet) throws IOException {
      this(take(1) == 1 ? simple(alphabet) : lengths(alphabet));
    }

    private Code(int... lengths) throws IOException {
      int used = 0;
      int room = 0;
      for (int length : lengths) {
        counts[length]++;
        used += length > 0 ? 1 : 0;
        room += length > 0 ? 1 << MOST_LENGTH - length : 0;
      }
      counts[0] = 0;
      // in other codes, some bits have no symbol, and each decoder reads them differently
      if (used == 0 || used > 1 && room != 1 << MOST_LENGTH) {
        throw new IOException("a Huffman code is incomplete");
      }
      symbols = new int[used];
      int next = 0;
      for (int length = 1; length <= MOST_LENGTH; length++) {
        for (int i = 0; i < lengths.length; i++) {
          if (lengths[i] == length) {
            symbols[next++] = i;
          }
        }
      }
    }

    int read() throws IOException {
      if (symbols.length == 1) {
        return symbols[0]; // without reading a bit
      }
      int code = 0;
      int first = 0;
      int index = 0;
      for (int length = 1; length <= MOST_LENGTH; length++) {
        code |= take(1);
        if (code - first < counts[length]) {
          return symbols[index + code - first];
        }
        index += counts[length];
        first = first + counts[length] << 1;
        code <<= 1;
      }
      throw new IOException("a Huffman code is incomplete");
    }
  }

  private int[] simple(int alphabet) throws IOException {
    int[] lengths = new int[Math.max(alphabet, 256)];
    boolean two = take(1) == 1;
    lengths[take(take(1) == 1 ? 8 : 1)] = 1;
    if (two) {
      lengths[take(8)] = 1;
    }
    return lengths;
  }

  private int[] lengths(int alphabet) throws IOException {
    int[] ofLengths = new int[ORDER.length];
    int count = take(4) + 4;
    for (int i = 0; i < count; i++) {
      ofLengths[ORDER[i]] = take(3);
    }
    Code code = new Code(ofLengths);
    int left = take(1) == 1 ? 2 + take(2 + 2 * take(3)) : alphabet;
    int[] lengths = new int[alphabet];
    int before = 8;
    for (int i = 0; i < alphabet && left > 0; left--) {
      int length = code.read();
      if (length <= MOST_LENGTH) {
        lengths[i++] = length;
        before = length > 0 ? length : before;
        continue;
      }
      int value = length == 16 ? before : 0;
      int times = length == 16 ? 3 + take(2) : length == 17 ? 3 + take(3) : 11 + take(7);
      if (times > alphabet - i) {
        throw new IOException("a Huffman code has more lengths than symbols");
      }
      for (; times > 0; times--) {
        lengths[i++] = value;
      }
    }
    return lengths;
  }
}
