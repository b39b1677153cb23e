package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request and its response. The size of the body is limited. One thread at a time processes
 * the request.
 */
public final class Request {
  private static final int BUSY = 503;
  private static final String LATE = "the request timed out while waiting";

  /**
   * Size in bytes above which a body is large; requests with smaller bodies are processed first.
   */
  private static final int LARGE = 1 << 18;

  /** Status of requests whose client disconnects before the response is sent: 499, as in nginx. */
  private static final int LEFT = 499;

  private final long begin = System.nanoTime();
  private final Connection connection;
  private final Listener listener;
  private final Head head;
  private final HttpHeaders headers = new DefaultHttpHeaders();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable CompletableFuture<?> awaited;
  private volatile boolean awaiting;
  private volatile long until;
  private volatile int status;
  private volatile String route = "none";
  private boolean last;
  private long sent;
  private long held;

  /**
   * The announced length of the body, or the largest allowed length if the client does not announce
   * one.
   */
  private long said;

  private boolean released;

  Request(Connection connection, Listener listener, Head head) {
    this.connection = connection;
    this.listener = listener;
    this.head = head;
    last = head.expectsContinue(); // a client that is rejected without 100-continue may or may not
    // send the body
  }

  /** A step of processing. */
  interface Step {
    void run() throws IOException;
  }

  /** A step that continues with an awaited result. */
  public interface Then<A> {
    void run(A value) throws IOException;
  }

  /** Runs a step; if it throws, sends the error response for the exception. */
  void run(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Sends the error response for an exception, or a preallocated one if memory is exhausted. */
  private void fail(Throwable e) {
    try {
      listener.handler().failed(this, e);
    } catch (RuntimeException | Error again) {
      ended.set(true);
      connection.abort();
      Log.warn("serve: a request failed, and so did its error response", again);
    }
  }

  /** Called at the timeout: sends an error response and cancels the awaited result. */
  void late() {
    run(
        () -> {
          throw new HttpError(BUSY, LATE);
        });
    cancelAwaited();
  }

  /**
   * Returns the nanoseconds until this request's deadline; negative after the deadline. While the
   * request is received, this is the deadline for its last byte; afterwards, the deadline by which
   * its computation must start.
   */
  public long left() {
    return until - System.nanoTime();
  }

  /**
   * Checks that the deadline has not passed.
   *
   * @throws HttpError with status 503 after the deadline
   */
  public void requireTime() {
    if (left() < 0) {
      throw new HttpError(BUSY, LATE);
    }
  }

  /**
   * Sets the deadline.
   *
   * @param nanos the deadline, as a time of {@link System#nanoTime}
   */
  void setUntil(long nanos) {
    until = nanos;
  }

  /**
   * Returns whether the request waits for a running computation, such as a model's batch; a queued
   * computation does not count.
   */
  boolean isAwaiting() {
    return awaiting && !(awaited instanceof Startable s && !s.hasStarted());
  }

  void setAwaiting(boolean is) {
    awaiting = is;
  }

  public String method() {
    return head.method();
  }

  /**
   * Returns the path of the URL without unescaping it, so an escaped slash is not a separator; an
   * empty string if the URL has no path.
   */
  public String path() {
    return head.path();
  }

  /** Returns the requested host; null for an HTTP/1.0 request that does not name one. */
  @Nullable Authority authority() {
    return head.authority();
  }

  /**
   * Returns the value of a header; null if the header is missing.
   *
   * @throws HttpError if the header occurs more than once, because its value would be ambiguous
   */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  /** Returns the content type in lower case, without parameters; empty if it is missing. */
  public String contentType() {
    return head.contentType();
  }

  /**
   * Reads the body, and passes it to {@code then} on a thread that may block. If too many requests
   * wait for such a thread, or no thread is free before the deadline, the status is 503.
   *
   * @throws HttpError if the announced length exceeds the limit
   */
  public void body(Then<byte[]> then) {
    long most = listener.limits().bodyBytes();
    long length = head.length();
    Body body = new Body(this, length, most);
    said = length < 0 ? most : length;
    if (head.expectsContinue()) {
      last = false;
      connection.sayContinue();
    }
    connection.read(body, () -> work(body, then));
  }

  private void work(Body body, Then<byte[]> then) {
    Runnable work =
        () ->
            goOn(
                () -> {
                  requireTime();
                  then.run(body.take());
                });
    if (!listener.workers().offer(work, body.count() > LARGE)) {
      throw new HttpError(BUSY, "too many requests are waiting");
    }
  }

  /**
   * Passes a future's result to {@code then} on a thread that may block. If the client disconnects,
   * the future is canceled.
   */
  public <A> void await(CompletableFuture<A> answer, Then<A> then) {
    awaited = answer;
    awaiting = true;
    if (ended.get()) {
      answer.cancel(false);
    }
    answer.whenCompleteAsync(
        (value, failure) -> {
          if (failure == null) {
            goOn(() -> then.run(value));
          } else {
            fail(failure);
          }
        },
        listener.workers());
  }

  private void cancelAwaited() {
    CompletableFuture<?> answer = awaited;
    if (answer != null) {
      answer.cancel(false);
    }
  }

  private void goOn(Step step) {
    if (!ended.get()) {
      run(step);
    }
  }

  /**
   * Reserves memory, in bytes, in the memory budget until the response is sent.
   *
   * @throws HttpError if other requests use too much of the memory budget
   */
  public synchronized void hold(long bytes) {
    if (released) {
      throw new CancellationException("the client disconnected");
    }
    if (!listener.limits().budget().take(bytes, held, said)) {
      throw new HttpError(BUSY, "other requests use all memory for requests");
    }
    held += bytes;
  }

  /** Releases a part, in bytes, of the reserved memory. */
  public synchronized void give(long bytes) {
    if (!released) {
      long given = Math.min(bytes, held);
      listener.limits().budget().give(given, held, said);
      held -= given;
    }
  }

  synchronized void release() {
    listener.limits().budget().give(held, held, said);
    held = 0;
    released = true;
  }

  public void setHeader(String name, String value) {
    headers.set(name, value);
  }

  /** Marks the connection to be closed after the response. */
  public void last() {
    last = true;
  }

  /** Sends a response, unless one was sent already. */
  public void answer(int code, String type, byte[]... parts) {
    if (ended.getAndSet(true)) {
      return;
    }
    ByteBuf body = Unpooled.wrappedBuffer(parts);
    headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    boolean keep = head.keepsAlive() && !last;
    HttpUtil.setKeepAlive(headers, head.version(), keep);
    body = method().equals("HEAD") ? Unpooled.EMPTY_BUFFER : body;
    status = code;
    sent = body.readableBytes();
    // before the first bytes are sent, so that a client with a response finds it counted
    listener.handler().ended(this);
    connection.send(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(code),
            body,
            headers,
            new DefaultHttpHeaders()),
        keep);
  }

  /** Called when the client has disconnected: discards the response and releases all memory. */
  void leave() {
    if (!ended.getAndSet(true)) {
      status = LEFT;
      cancelAwaited();
      release();
      listener.handler().ended(this);
    }
    release();
  }

  /** Returns whether a response was sent, or the client has disconnected. */
  boolean isEnded() {
    return ended.get();
  }

  /** Sets the route's name in metrics. */
  public void setRoute(String name) {
    route = name;
  }

  public String route() {
    return route;
  }

  /** Returns the response's status; 0 before a response is sent, 499 if the client disconnected. */
  public int status() {
    return status;
  }

  /** Returns the size of the response's body in bytes. */
  public long sent() {
    return sent;
  }

  /** Returns the nanoseconds since the request's head was received. */
  public long nanos() {
    return System.nanoTime() - begin;
  }

  public String client() {
    return connection.client();
  }
}
