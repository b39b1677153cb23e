package dev.quern.image.decode;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes for a reader of ImageIO. Some readers go on when there is no more, and take
 * whatever they like for what is missing: a file of 50 bytes then fills the heap. They are stopped.
 */
final class ByteStream extends ImageInputStreamImpl {
  /** Readers look a little behind the end, bit by bit, while they use up what they have. */
  private static final int MOST_BEHIND = 4096;

  private final byte[] bytes;
  private int behind;

  ByteStream(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Readers hold what a file tells of its parts against it, before they make room for them. */
  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : end();
  }

  @Override
  public int read(byte[] to, int from, int count) throws IOException {
    checkClosed();
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
