package dev.quern.fuzz.serve;

import java.io.ByteArrayOutputStream;

/** Bits as JPEG's scans have them: the highest first, and a zero byte after each 0xff. */
final class BitWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int pending;
  private int count;

  void put(int bits, int length) {
    for (int i = length - 1; i >= 0; i--) {
      pending = pending << 1 | bits >> i & 1;
      if (++count == 8) {
        out.write(pending);
        if (pending == 0xff) {
          out.write(0);
        }
        pending = 0;
        count = 0;
      }
    }
  }

  /** All, filled up with ones. */
  byte[] bytes() {
    while (count > 0) {
      put(1, 1);
    }
    return out.toByteArray();
  }
}
