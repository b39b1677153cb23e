package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, which processes one request at a time. All its methods run on one I/O
 * thread unless documented otherwise.
 *
 * <pre>
 *   head -> body -> response -> head ...
 * </pre>
 *
 * <p>The connection keeps reading while a request is processed, to notice a disconnect. Further
 * (pipelined) requests that arrive meanwhile are buffered as bytes, and reading pauses. Between
 * pipelined requests, the thread serves other connections.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger("dev.quern.serve");

  /**
   * After an error response, the server reads and discards up to this many times the maximum size
   * of a body, so that the client can read the response.
   */
  private static final int DRAINED = 8;

  /** The time from a request's timeout to the closing of its connection. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final byte[] LAST_WORDS = lastWords();

  private final Listener listener;
  private final Limits limits;
  private final Decoder decoder = new Decoder(this::arrived);
  private ChannelHandlerContext context;
  private @Nullable Request request;
  private @Nullable Body body;
  private @Nullable Runnable whole;
  private boolean arrived;
  private boolean read;
  private boolean overdue;
  private boolean answering;
  private boolean answered;
  private boolean ending;
  private boolean closed;
  private long drained;
  private long deadline;
  private long looked;
  private @Nullable Future<?> watch;

  Connection(Listener listener) {
    this.listener = listener;
    limits = listener.limits();
  }

  /** Returns the response for exhausted memory; it is allocated in advance. */
  private static byte[] lastWords() {
    byte[] body = Json.error("out of memory for the request");
    String head =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
    return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  Decoder decoder() {
    return decoder;
  }

  @Override
  public void channelActive(ChannelHandlerContext c) {
    context = c;
    within(limits.time().multipliedBy(2));
  }

  String client() {
    return String.valueOf(context.channel().remoteAddress());
  }

  /** Sets the deadline of the current step: {@code time} from now. */
  private void within(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
    if (watch == null || deadline - looked < 0) {
      watch();
    }
  }

  /**
   * Schedules the check of the deadline. A later deadline does not start a new timer: the check
   * reschedules itself.
   */
  private void watch() {
    if (watch != null) {
      watch.cancel(false);
    }
    looked = deadline;
    watch = context.executor().schedule(this::look, left(), TimeUnit.NANOSECONDS);
  }

  private long left() {
    return deadline - System.nanoTime();
  }

  private void look() {
    watch = null;
    if (closed) {
      return;
    }
    if (left() > 0) {
      watch();
    } else if (request == null || answering || overdue) {
      context.close();
    } else if (request.isAwaiting()) {
      request.setAwaiting(false);
      within(limits.time().multipliedBy(2));
    } else {
      overdue = true;
      within(GRACE);
      if (read) {
        request.late();
      } else {
        refuse(new HttpError(408, "the request did not arrive in time"));
      }
      if (body != null) {
        body.drop();
      }
    }
  }

  /** Sends an error response if no response was sent yet, and closes the connection. */
  private void refuse(HttpError error) {
    Request of = request;
    of.last();
    of.run(
        () -> {
          throw error;
        });
  }

  /** Called when bytes arrive; the first bytes of a request start its timeout. */
  private void arrived() {
    if (!arrived) {
      arrived = true;
      within(limits.time());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext c, Object message) {
    try {
      if (closed) {
        return;
      }
      if (message instanceof HttpRequest head) {
        begin(new Head(head));
      }
      if (message instanceof HttpContent part && request != null) {
        add(part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(Head head) {
    Request next = listener.begun(this, head);
    request = next;
    next.setUntil(deadline);
    HttpError problem = head.problem();
    if (problem != null) {
      refuse(problem);
    } else {
      next.run(() -> listener.handler().begin(next));
    }
  }

  /** Reads the request's body into {@code into}, then runs an action. */
  void read(Body into, Runnable then) {
    body = into;
    whole = then;
  }

  void sayContinue() {
    context.writeAndFlush(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
  }

  private void add(HttpContent part) {
    Request of = request;
    Body into = body;
    boolean cut = part.decoderResult().isFailure();
    if (cut) {
      refuse(new HttpError(400, "the body is truncated"));
    } else if (into != null && !of.isEnded()) {
      of.run(() -> into.add(part.content()));
    } else {
      drained += part.content().readableBytes();
    }
    if (cut || part instanceof LastHttpContent) {
      isWhole(of);
    } else if (drained > DRAINED * limits.bodyBytes()) {
      context.close();
    }
  }

  private void isWhole(Request of) {
    read = true;
    decoder.pause();
    if (!answering && !of.isEnded()) {
      within(limits.waiting());
      of.setUntil(deadline);
      Runnable ready = whole;
      if (ready != null) {
        of.run(ready::run);
      }
    }
    if (ending) {
      context.close();
    }
    next();
  }

  /**
   * Sends a response. Thread-safe.
   *
   * @param keep whether the connection stays open for further requests
   */
  void send(FullHttpResponse response, boolean keep) {
    inLoop(() -> write(context, response, keep));
  }

  /**
   * Sends the preallocated response for exhausted memory, and closes the connection. Thread-safe.
   */
  void abort() {
    inLoop(
        () -> {
          if (!answering && !closed) {
            ByteBuf words = Unpooled.wrappedBuffer(LAST_WORDS);
            write(context.pipeline().context(HttpResponseEncoder.class), words, false);
          }
        });
  }

  private void inLoop(Runnable step) {
    if (context.executor().inEventLoop()) {
      step.run();
    } else {
      context.executor().execute(step);
    }
  }

  private void write(ChannelHandlerContext by, Object response, boolean keep) {
    answering = true;
    if (body != null) {
      body.drop(); // a rejected client may continue to send for a long time
    }
    within(limits.time().multipliedBy(2));
    by.writeAndFlush(response).addListener(f -> written(f.isSuccess(), keep));
  }

  private void written(boolean success, boolean keep) {
    if (request == null) {
      return; // the client has disconnected meanwhile
    }
    request.release();
    answered = true;
    if (success && keep) {
      next();
    } else if (success && !read && context.channel() instanceof SocketChannel socket) {
      // closing while the client sends could discard response data that it has not read
      ending = true;
      socket.shutdownOutput();
    } else {
      context.close();
    }
  }

  /**
   * Starts the next request if the current one is fully read and its response is sent. Other
   * connections of the thread are served first.
   */
  private void next() {
    if (!read || !answered || closed) {
      return;
    }
    end();
    within(limits.time().multipliedBy(2));
    context.executor().execute(this::resume);
  }

  private void resume() {
    try {
      if (!closed) {
        decoder.resume();
      }
    } catch (Exception | Error e) {
      exceptionCaught(context, e);
    }
  }

  private void end() {
    request = null;
    body = null;
    whole = null;
    arrived = false;
    read = false;
    overdue = false;
    answering = false;
    answered = false;
    drained = 0;
    listener.ended();
  }

  @Override
  public void channelInactive(ChannelHandlerContext c) {
    closed = true;
    if (watch != null) {
      watch.cancel(false); // the timer would keep this connection in memory
    }
    if (request != null) {
      try {
        request.leave();
      } finally {
        if (body != null) {
          body.drop();
        }
        end();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext c, Throwable e) {
    c.close();
    if (LOG.isLoggable(System.Logger.Level.DEBUG)) {
      LOG.log(System.Logger.Level.DEBUG, "serve: " + client() + " is truncated", e);
    }
  }
}
