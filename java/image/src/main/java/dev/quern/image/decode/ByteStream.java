package dev.quern.image.decode;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A stream of a file's bytes for a reader of ImageIO. Some readers continue after the end of the
 * data with arbitrary values, so that a file of 50 bytes fills the heap. Every reader calls this
 * stream regularly during decoding; the stream stops such readers, and readers that exceed their
 * timeout.
 */
final class ByteStream extends ImageInputStreamImpl {
  /**
   * The number of reads after the end of the data that are allowed, because readers look ahead bit
   * by bit.
   */
  private static final int MOST_BEHIND = 4096;

  /**
   * The number of calls between two checks of the timeout, a power of two. A check takes as long as
   * several calls.
   */
  private static final int CALLS = 256;

  private final byte[] bytes;
  private final Watch watch;
  private int behind;
  private int calls;

  ByteStream(byte[] bytes, Watch watch) {
    this.bytes = bytes;
    this.watch = watch;
  }

  private void called() {
    if ((++calls & CALLS - 1) == 0) {
      watch.check();
    }
  }

  /**
   * Returns the length of the data. Readers compare it with the sizes that a file declares before
   * they allocate memory.
   */
  @Override
  public long length() {
    return bytes.length;
  }

  /**
   * Returns the position and checks the timeout; the WebP decoder calls this method for each
   * symbol, even for symbols without bits.
   */
  @Override
  public long getStreamPosition() throws IOException {
    called();
    return super.getStreamPosition();
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    called();
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : end();
  }

  @Override
  public int read(byte[] to, int from, int count) throws IOException {
    checkClosed();
    called();
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return end();
    }
    int read = (int) Math.min(count, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, to, from, read);
    streamPos += read;
    return read;
  }

  private int end() throws IOException {
    if (++behind > MOST_BEHIND) {
      throw new IOException("data is missing");
    }
    return -1;
  }
}
