package dev.quern.io.mat;

import java.io.IOException;
import java.io.InputStream;

/** A stream that returns a limited number of bytes of another stream. */
final class Limited extends InputStream {
  private final InputStream in;
  private long left;

  Limited(InputStream in, long bytes) {
    this.in = in;
    left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int at, int n) throws IOException {
    int got = left == 0 ? -1 : in.read(to, at, (int) Math.min(n, left));
    left -= Math.max(got, 0);
    return got;
  }
}
