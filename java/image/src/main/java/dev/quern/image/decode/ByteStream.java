package dev.quern.image.decode;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes for a reader of ImageIO. Some readers go on when there is no more, and take
 * whatever they like for what is missing: a file of 50 bytes then fills the heap. They are stopped,
 * and so are those whose time is over: each reads, or asks where it is, as long as it decodes.
 */
final class ByteStream extends ImageInputStreamImpl {
  /** Readers look a little behind the end, bit by bit, while they use up what they have. */
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

  /** Is asked for each symbol by the decoder of WebP, also where symbols have no bits. */
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
      throw new IOException("data are missing");
    }
    return -1;
  }
}
