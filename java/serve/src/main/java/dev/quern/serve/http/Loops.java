package dev.quern.serve.http;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * I/O threads that are started in advance and survive any exception. Netty's own threads end at the
 * first Error, such as exhausted memory, and requests would then not be processed.
 */
final class Loops extends MultiThreadIoEventLoopGroup {
  /** Maximum time in milliseconds that a thread runs tasks before it reads from clients again. */
  private static final long TASKS_MILLIS = 10;

  Loops(int threads, ThreadFactory factory) {
    super(threads, factory, NioIoHandler.newFactory());
  }

  /** Starts all threads in advance, while the system can still create them. */
  void start() {
    for (EventExecutor loop : this) {
      loop.execute(() -> {});
    }
  }

  @Override
  protected IoEventLoop newChild(
      Executor executor, IoHandlerFactory ioHandlers, Object... arguments) {
    return new Loop(this, executor, ioHandlers);
  }

  private static final class Loop extends SingleThreadIoEventLoop {
    Loop(Loops parent, Executor executor, IoHandlerFactory ioHandlers) {
      super(
          parent,
          executor,
          ioHandlers,
          Integer.MAX_VALUE,
          RejectedExecutionHandlers.reject(),
          TASKS_MILLIS);
    }

    @Override
    protected void run() {
      Enduring.run(this::turn);
    }

    private void turn() {
      if (!isShutdown()) {
        super.run();
      }
    }
  }
}
