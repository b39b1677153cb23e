package dev.quern.io.dataset;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * A watchdog that closes a stream if no data arrives for some time, so that a silent server cannot
 * block the reader forever.
 */
final class IdleWatch implements AutoCloseable {
  private final Closeable stream;
  private final long limitNanos;
  private final Thread thread;
  private volatile long last = System.nanoTime();
  private volatile boolean expired;

  IdleWatch(Closeable stream, Duration limit) {
    this.stream = stream;
    this.limitNanos = limit.toNanos();
    this.thread = new Thread(this::watch, "quern-download-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Restarts the timeout, because data has arrived. */
  void touch() {
    last = System.nanoTime();
  }

  /** Returns whether the stream was closed because the timeout expired. */
  boolean expired() {
    return expired;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void watch() {
    try {
      for (long left; (left = last + limitNanos - System.nanoTime()) > 0; ) {
        Thread.sleep(left / 1_000_000 + 1);
      }
      expired = true;
      stream.close();
    } catch (InterruptedException | IOException e) {
      // the reader has finished, or gets the same error itself
    }
  }
}
