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

/** A request, read within limits, and its answer. One thread at a time works on it. */
public final class Request {
  private static final int BUSY = 503;
  private static final String LATE = "the request waited longer than it may";

  /** Bytes of a body that makes other requests, of fewer, go first. */
  private static final int LARGE = 1 << 18;

  /** As nginx counts clients that leave before their answer. */
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

  /** Bytes of body that are to come; as many as may where the client does not say. */
  private long said;

  private boolean released;

  Request(Connection connection, Listener listener, Head head) {
    this.connection = connection;
    this.listener = listener;
    this.head = head;
    last = head.expectsContinue(); // who is refused without that sign may send the body or not
  }

  /** A step to the answer. */
  interface Step {
    void run() throws IOException;
  }

  /** A step that needs what was waited for. */
  public interface Then<A> {
    void run(A value) throws IOException;
  }

  /** Takes a step, and answers with what it throws. */
  void run(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Answers with what was thrown; shortly where there is no memory even for that. */
  private void fail(Throwable e) {
    try {
      listener.handler().failed(this, e);
    } catch (RuntimeException | Error again) {
      ended.set(true);
      connection.abort();
      Log.warn("serve: a request failed, and its answer, too", again);
    }
  }

  /** Its time is over: nobody needs what is awaited. */
  void late() {
    run(
        () -> {
          throw new HttpError(BUSY, LATE);
        });
    cancelAwaited();
  }

  /**
   * Nanoseconds that are left until the server is to begin with it, and so for reading it, waiting
   * for a thread, decoding and the queue; negative where they are over. Counted from its first byte
   * until all of it is there, then from its last.
   */
  public long left() {
    return until - System.nanoTime();
  }

  /**
   * Goes on, if there is time left.
   *
   * @throws HttpError 503 if not
   */
  public void requireTime() {
    if (left() < 0) {
      throw new HttpError(BUSY, LATE);
    }
  }

  /**
   * @param nanos by {@link System#nanoTime}
   */
  void setUntil(long nanos) {
    until = nanos;
  }

  /** Whether others work on it than this server's own threads, such as a model's. */
  boolean isAwaiting() {
    return awaiting && !(awaited instanceof Startable s && !s.hasStarted());
  }

  void setAwaiting(boolean is) {
    awaiting = is;
  }

  public String method() {
    return head.method();
  }

  /** As the client wrote it, so that an escaped slash is none; empty where there is none. */
  public String path() {
    return head.path();
  }

  /** Null where a client of HTTP/1.0 names no host. */
  @Nullable Authority authority() {
    return head.authority();
  }

  /**
   * Null where it is not there.
   *
   * @throws HttpError if it is there more than once, so that nobody can know which counts
   */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  /** In small letters, without parameters; empty where it is not there. */
  public String contentType() {
    return head.contentType();
  }

  /**
   * Reads the body, and goes on with it in a thread that may block. Where none is free in time, the
   * client is answered 503.
   *
   * @throws HttpError if the client says that it is longer than allowed
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
      throw new HttpError(BUSY, "too many requests wait");
    }
  }

  /** Goes on with an answer in a thread that may block. A client that leaves cancels it. */
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
   * Counts memory that the request needs until it is answered.
   *
   * @throws HttpError if other requests have left too little
   */
  public synchronized void hold(long bytes) {
    if (released) {
      throw new CancellationException("the client left");
    }
    if (!listener.limits().budget().take(bytes, held, said)) {
      throw new HttpError(BUSY, "other requests hold the memory that there is for them");
    }
    held += bytes;
  }

  /** Gives back a part of what it holds. */
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

  /** Has the connection closed after the answer. */
  public void last() {
    last = true;
  }

  /** Answers, if nobody has. */
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
    // before the first bytes leave: who has an answer finds it counted
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

  /** Nobody waits for an answer any more. */
  void leave() {
    if (!ended.getAndSet(true)) {
      status = LEFT;
      cancelAwaited();
      release();
      listener.handler().ended(this);
    }
    release();
  }

  /** Whether the answer is given, or nobody waits for one. */
  boolean isEnded() {
    return ended.get();
  }

  /** Which path of the service answers, as metrics name it. */
  public void setRoute(String name) {
    route = name;
  }

  public String route() {
    return route;
  }

  /** 0 before the answer; 499 where the client left. */
  public int status() {
    return status;
  }

  /** Bytes of the answer's body. */
  public long sent() {
    return sent;
  }

  /** Since its head was there. */
  public long nanos() {
    return System.nanoTime() - begin;
  }

  public String client() {
    return connection.client();
  }
}
