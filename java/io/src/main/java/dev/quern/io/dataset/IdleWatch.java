package dev.quern.io.dataset;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * A watchdog that closes a stream without data after a timeout, so that a silent server cannot
 * block its reader forever.
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

  /** Records that data have arrived. */
  void touch() {
    last = System.nanoTime();
  }

  /** Returns whether the stream was closed after the timeout. */
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
