package dev.quern.image.decode;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Stream of a file's bytes for a reader of ImageIO. Some readers continue after the end of the data
 * with arbitrary values: a file of 50 bytes then fills the heap. Such readers are stopped, and so
 * are readers after their timeout: each reads or queries its position as long as it decodes.
 */
final class ByteStream extends ImageInputStreamImpl {
  /** Number of bytes after the end that readers may request, because they look ahead bit by bit. */
  private static final int MOST_BEHIND = 4096;

  /** Calls between two looks at the time, a power of two: a look takes as long as some calls. */
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

  /** Readers hold what a file tells of its parts against it, before they make room for them. */
  @Override
  public long length() {
    return bytes.length;
  }

  /** The decoder of WebP calls this for each symbol, even for symbols without bits. */
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
