package dev.quern.serve;

import dev.quern.serve.http.Request;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The text of a response, in chunks. Before a chunk is allocated, twice its size is reserved in the
 * memory budget, since a second copy exists off-heap while the chunk is sent.
 */
final class HeldOutput extends OutputStream {
  private static final int LEAST = 1 << 10;
  private static final int MOST = 1 << 20;

  private final Request request;
  private final List<byte[]> full = new ArrayList<>();
  private byte[] last = new byte[0];
  private int used;
  private long count;

  HeldOutput(Request request) {
    this.request = request;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int begin, int length) {
    for (int done = 0; done < length; ) {
      if (used == last.length) {
        grow();
      }
      int n = Math.min(length - done, last.length - used);
      System.arraycopy(from, begin + done, last, used, n);
      used += n;
      done += n;
    }
    count += length;
  }

  private void grow() {
    int size = Math.min(MOST, Math.max(LEAST, 2 * last.length));
    request.hold(2L * size);
    if (used > 0) {
      full.add(last);
    }
    last = new byte[size];
    used = 0;
  }

  /** Returns the number of bytes written so far. */
  long count() {
    return count;
  }

  /** Returns the chunks in order. Nothing may be written afterwards. */
  List<byte[]> parts() {
    List<byte[]> all = new ArrayList<>(full);
    all.add(Arrays.copyOf(last, used));
    return all;
  }
}
