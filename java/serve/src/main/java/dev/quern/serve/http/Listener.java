package dev.quern.serve.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Listens, and makes requests of what clients send.
 *
 * <pre>
 *   clients -> I/O threads: heads, bodies -> request threads: pictures, JSON -> batches
 *           &lt;-             answers        &lt;-
 * </pre>
 *
 * <p>A client that is slow holds a connection, and no thread.
 */
public final class Listener {
  private static final int BACKLOG = 1024;

  private final Limits limits;
  private final RequestHandler handler;
  private final EventLoopGroup loops;
  private final ExecutorService threads;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /** Requests that are being answered, and one more until this ends. */
  private final Phaser running = new Phaser(1);

  private final Channel channel;

  /**
   * @throws IOException if the address is taken
   */
  public Listener(
      InetSocketAddress at, @Nullable SSLContext tls, Limits limits, RequestHandler handler)
      throws IOException {
    this.limits = limits;
    this.handler = handler;
    int cores = Runtime.getRuntime().availableProcessors();
    loops =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, cores / 2), named("quern-serve-io"), NioIoHandler.newFactory());
    threads = Executors.newFixedThreadPool(cores, named("quern-serve-http"));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel c) {
                    accept(c, tls);
                  }
                })
            .bind(at)
            .awaitUninterruptibly();
    channel = bound.channel();
    if (!bound.isSuccess()) {
      end();
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
  }

  private static DefaultThreadFactory named(String name) {
    return new DefaultThreadFactory(name, true);
  }

  private void accept(Channel c, @Nullable SSLContext tls) {
    if (connections.size() >= limits.connections()) {
      c.close();
      return;
    }
    connections.add(c);
    if (tls != null) {
      SSLEngine engine = tls.createSSLEngine();
      engine.setUseClientMode(false);
      SslHandler secure = new SslHandler(engine);
      secure.setHandshakeTimeoutMillis(limits.time().toMillis());
      c.pipeline().addLast(secure);
    }
    c.pipeline().addLast(new HttpServerCodec(new HttpDecoderConfig()), new Connection(this));
  }

  Request begun(Connection connection, Head head) {
    running.register();
    return new Request(connection, this, head);
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

  /** Threads that may block. */
  Executor threads() {
    return threads;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /**
   * Takes no more connections, waits for what is being answered, and ends.
   *
   * @return whether all was answered in that time
   */
  public boolean close(long seconds) {
    channel.close().awaitUninterruptibly();
    boolean all = true;
    try {
      running.awaitAdvanceInterruptibly(running.arriveAndDeregister(), seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all = false;
    } catch (TimeoutException e) {
      all = false;
    }
    connections.close().awaitUninterruptibly();
    end();
    return all;
  }

  private void end() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    threads.shutdownNow();
  }
}
