package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request. Memory is allocated as data arrive, so announcing a large body allocates
 * nothing.
 */
final class Body {
  private static final int TOO_LARGE = 413;
  private static final int FIRST_BYTES = 1 << 16;

  private final Request request;
  private final long most;
  private final long limit;
  private byte @Nullable [] bytes = new byte[0];
  private int count;

  /**
   * Creates an empty body.
   *
   * @param said the announced length in bytes; -1 if unknown
   * @param limit the largest allowed length in bytes
   * @throws HttpError if the announced length exceeds the limit
   */
  Body(Request request, long said, long limit) {
    this.request = request;
    this.limit = limit;
    if (said > limit) {
      throw tooLarge();
    }
    most = said < 0 ? limit : said;
  }

  private HttpError tooLarge() {
    return new HttpError(TOO_LARGE, "the body has more than " + limit + " bytes");
  }

  /**
   * Appends received data.
   *
   * @throws HttpError if the body is too long, or the memory budget of requests is exhausted
   */
  synchronized void add(ByteBuf part) {
    if (bytes == null) {
      return;
    }
    int n = part.readableBytes();
    long all = (long) count + n;
    if (all > most) {
      throw tooLarge();
    }
    if (all > bytes.length) {
      long size = Math.max(all, Math.min(most, Math.max(FIRST_BYTES, 2L * bytes.length)));
      request.hold(size - bytes.length);
      bytes = Arrays.copyOf(bytes, Math.toIntExact(size));
    }
    part.readBytes(bytes, count, n);
    count += n;
  }

  /** Returns the number of received bytes. */
  synchronized int count() {
    return count;
  }

  /** Returns the whole body, without keeping it; may be called only once. */
  synchronized byte[] take() {
    byte[] all = bytes;
    if (all == null) {
      throw new CancellationException("the client disconnected");
    }
    bytes = null;
    return count == all.length ? all : Arrays.copyOf(all, count);
  }

  /** Discards the received data, and ignores further data. */
  synchronized void drop() {
    bytes = null;
  }
}
