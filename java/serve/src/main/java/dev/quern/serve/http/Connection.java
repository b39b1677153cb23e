package dev.quern.serve.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, which has one request at a time. One thread runs all of it.
 *
 * <pre>
 *   head -> body -> answer -> head ...
 * </pre>
 *
 * <p>It reads on while a request is answered, and so sees a client leave. Requests that a client
 * sends in advance wait, and then no more is read.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger("dev.quern.serve");

  /** Bodies that a refused client may still send, so that it reads why. */
  private static final int DRAINED = 8;

  private final Listener listener;
  private final Limits limits;
  private final Queue<Object> early = new ArrayDeque<>();
  private ChannelHandlerContext context;
  private @Nullable Request request;
  private @Nullable Body body;
  private @Nullable Runnable whole;
  private boolean read;
  private boolean answering;
  private boolean answered;
  private boolean closed;
  private boolean taking;
  private long drained;
  private long deadline;
  private @Nullable Future<?> watch;

  Connection(Listener listener) {
    this.listener = listener;
    limits = listener.limits();
  }

  @Override
  public void channelActive(ChannelHandlerContext c) {
    context = c;
    within(2);
    watch();
  }

  String client() {
    return String.valueOf(context.channel().remoteAddress());
  }

  /** The client has so many times the limit from now on. */
  private void within(int times) {
    deadline = System.nanoTime() + times * limits.time().toNanos();
  }

  /** Looks after the client's time. That of a request which is computed is the server's. */
  private void watch() {
    if (closed) {
      return;
    }
    boolean computed = request != null && read && !answering;
    long left = computed ? limits.time().toNanos() : deadline - System.nanoTime();
    if (left > 0) {
      watch = context.executor().schedule(this::watch, left, TimeUnit.NANOSECONDS);
    } else if (request == null || answering) {
      context.close();
    } else {
      refuse(new HttpError(408, "the request did not come in time"));
      watch();
    }
  }

  /** Answers with this, if nobody has answered, and ends the connection. */
  private void refuse(HttpError error) {
    Request of = request;
    of.last();
    of.run(
        () -> {
          throw error;
        });
  }

  @Override
  public void channelRead(ChannelHandlerContext c, Object message) {
    if (closed) {
      ReferenceCountUtil.release(message);
    } else if (!early.isEmpty() || request != null && message instanceof HttpRequest) {
      early.add(message);
      c.channel().config().setAutoRead(false);
    } else {
      take(message);
    }
  }

  private void take(Object message) {
    try {
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
    body = null;
    whole = null;
    read = false;
    answering = false;
    answered = false;
    drained = 0;
    within(1);
    HttpError problem = head.problem();
    if (problem != null) {
      refuse(problem);
    } else {
      next.run(() -> listener.handler().begin(next));
    }
  }

  /** Has the request's body read, and then something run. */
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
      refuse(new HttpError(400, "the body is cut"));
    } else if (into != null && !of.isEnded()) {
      of.run(() -> into.add(part.content()));
    } else {
      drained += part.content().readableBytes();
    }
    if (cut || part instanceof LastHttpContent) {
      read = true;
      if (whole != null && !of.isEnded()) {
        of.run(whole::run);
      }
      next();
    } else if (drained > DRAINED * limits.bodyBytes()) {
      context.close();
    }
  }

  /**
   * Sends an answer; of any thread.
   *
   * @param keep whether other requests may follow
   */
  void send(FullHttpResponse response, boolean keep) {
    if (context.executor().inEventLoop()) {
      write(response, keep);
    } else {
      context.executor().execute(() -> write(response, keep));
    }
  }

  private void write(FullHttpResponse response, boolean keep) {
    answering = true;
    within(2);
    context.writeAndFlush(response).addListener(f -> written(f.isSuccess(), keep));
  }

  private void written(boolean success, boolean keep) {
    if (request == null) {
      return; // the client left meanwhile
    }
    request.release();
    answered = true;
    if (success && keep) {
      next();
    } else if (success && !read && context.channel() instanceof SocketChannel socket) {
      // a close while the client sends would cut what it has not read yet
      socket.shutdownOutput();
    } else {
      context.close();
    }
  }

  /** Takes the next request, when this one is read and answered. */
  private void next() {
    if (!read || !answered || closed) {
      return;
    }
    end();
    within(2);
    if (taking) {
      return; // by a caller of this
    }
    taking = true;
    while (!early.isEmpty() && (request == null || !(early.peek() instanceof HttpRequest))) {
      take(early.remove());
    }
    taking = false;
    context.channel().config().setAutoRead(early.isEmpty());
  }

  private void end() {
    request = null;
    listener.ended();
  }

  @Override
  public void channelInactive(ChannelHandlerContext c) {
    closed = true;
    if (watch != null) {
      watch.cancel(false); // it would hold this until then
    }
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    if (request != null) {
      request.leave();
      if (body != null) {
        body.drop();
      }
      end();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext c, Throwable e) {
    LOG.log(System.Logger.Level.DEBUG, () -> "serve: " + client() + " is cut", e);
    c.close();
  }
}
