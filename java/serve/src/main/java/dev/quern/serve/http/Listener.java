package dev.quern.serve.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections, and creates requests from the data that clients send.
 *
 * <pre>
 *   clients -> I/O threads: heads, bodies -> request threads: images, JSON -> batches
 *           &lt;-             responses      &lt;-
 * </pre>
 *
 * <p>A slow client occupies a connection, but not a thread. All threads are started in advance and
 * survive any exception.
 */
public final class Listener {
  private static final int BACKLOG = 1024;

  /** Smallest size of a read in bytes; small reads limit how much pipelined data is buffered. */
  private static final int LEAST_READ = 64;

  private static final int FIRST_READ = 2048;
  private static final int MOST_READ = 1 << 14;

  /**
   * Maximum time in seconds for each of: opening the port, closing the port, closing the
   * connections, and stopping the I/O threads.
   */
  private static final long STEP_SECONDS = 2;

  private final Limits limits;
  private final RequestHandler handler;
  private final Descriptors descriptors = new Descriptors();
  private final Loops loops;
  private final Workers workers;
  private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

  /** The requests in progress, plus one party that is removed when the listener stops. */
  private final Phaser running = new Phaser(1);

  private final Channel channel;

  /**
   * Starts listening.
   *
   * @param name prefix of the threads' names
   * @param threads the number of threads for requests; half as many threads do I/O
   * @throws IOException if the address is in use
   */
  public Listener(
      String name,
      int threads,
      InetSocketAddress at,
      @Nullable SSLContext tls,
      Limits limits,
      RequestHandler handler)
      throws IOException {
    this.limits = limits;
    this.handler = handler;
    loops = new Loops(Math.max(1, threads / 2), named(name + "-io"));
    try {
      workers = new Workers(threads, limits.connections(), named(name + "-http"));
      loops.start();
      channel = bind(at, tls);
    } catch (IOException | RuntimeException | Error e) {
      end();
      throw e;
    }
  }

  private Channel bind(InetSocketAddress at, @Nullable SSLContext tls) throws IOException {
    int most = Descriptors.connections(limits.connections());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(() -> new Door(most, descriptors))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, MOST_READ))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel c) {
                    accept(c, tls);
                  }
                })
            .bind(at);
    if (!bound.awaitUninterruptibly(STEP_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("opening the port took longer than " + STEP_SECONDS + " seconds");
    }
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  private static DefaultThreadFactory named(String name) {
    return new DefaultThreadFactory(name, true);
  }

  private void accept(Channel c, @Nullable SSLContext tls) {
    connections.add(c);
    if (tls != null) {
      SSLEngine engine = tls.createSSLEngine();
      engine.setUseClientMode(false);
      SslHandler secure = new SslHandler(engine);
      secure.setHandshakeTimeoutMillis(limits.time().toMillis());
      c.pipeline().addLast(secure);
    }
    Connection connection = new Connection(this);
    c.pipeline().addLast(connection.decoder(), new HttpResponseEncoder(), connection);
  }

  Request begun(Connection connection, Head head) {
    Request request = new Request(connection, this, head);
    running.register();
    return request;
  }

  void ended() {
    running.arriveAndDeregister();
  }

  Limits limits() {
    return limits;
  }

  RequestHandler handler() {
    return handler;
  }

  /** Returns the threads that process requests and may block. */
  Workers workers() {
    return workers;
  }

  /** Returns the address on which the listener accepts connections. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /**
   * Rejects new connections, waits for requests in progress, and stops. Stopping itself takes at
   * most 6 more seconds.
   *
   * @param seconds the maximum time to wait for requests in progress
   * @return whether all requests were completed in that time
   */
  public boolean close(long seconds) {
    channel.close().awaitUninterruptibly(STEP_SECONDS, TimeUnit.SECONDS);
    boolean all = true;
    try {
      running.awaitAdvanceInterruptibly(running.arriveAndDeregister(), seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all = false;
    } catch (TimeoutException e) {
      all = false;
    }
    connections.close().awaitUninterruptibly(STEP_SECONDS, TimeUnit.SECONDS);
    end();
    return all;
  }

  private void end() {
    loops
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(STEP_SECONDS, TimeUnit.SECONDS);
    if (workers != null) {
      workers.close();
    }
    descriptors.close();
  }
}
