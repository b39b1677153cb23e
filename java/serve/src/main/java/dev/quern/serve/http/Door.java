package dev.quern.serve.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The server socket that accepts connections. Connections above the limit are closed immediately,
 * before memory is allocated for them. If accepting fails for lack of descriptors or memory, the
 * socket pauses and retries; Netty's own socket would close itself on an Error.
 */
final class Door extends NioServerSocketChannel {
  private static final int PAUSE_MILLIS = 200;

  private final int mostConnections;
  private final Descriptors descriptors;
  private final AtomicInteger inside = new AtomicInteger();
  private boolean failing;

  Door(int mostConnections, Descriptors descriptors) {
    this.mostConnections = mostConnections;
    this.descriptors = descriptors;
  }

  @Override
  protected int doReadMessages(List<Object> into) {
    SocketChannel socket = null;
    try {
      socket = javaChannel().accept();
      if (socket == null) {
        return 0;
      }
      failing = false;
      if (inside.get() >= mostConnections) {
        socket.close();
        return 0;
      }
      into.add(new Client(this, socket, inside));
      return 1;
    } catch (Throwable e) {
      pause(socket, e);
      return 0;
    }
  }

  private void pause(@Nullable SocketChannel socket, Throwable e) {
    try {
      if (socket != null) {
        socket.close();
      }
      if (!isActive()) {
        return;
      }
      eventLoop().schedule(() -> config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      config().setAutoRead(false);
      if (!failing) {
        failing = true;
        descriptors.spend(() -> Log.warn("serve: clients cannot connect: " + e));
      }
    } catch (IOException | RuntimeException | Error again) {
      Log.warn("serve: clients cannot connect", again);
    }
  }

  /** A connection, which counts towards the limit until it is closed. */
  private static final class Client extends NioSocketChannel {
    private final AtomicInteger inside;
    private final AtomicBoolean gone = new AtomicBoolean();

    Client(Channel parent, SocketChannel socket, AtomicInteger inside) {
      super(parent, socket);
      this.inside = inside;
      inside.incrementAndGet();
    }

    @Override
    protected void doClose() throws Exception {
      try {
        super.doClose();
      } finally {
        if (!gone.getAndSet(true)) {
          inside.decrementAndGet();
        }
      }
    }
  }
}
