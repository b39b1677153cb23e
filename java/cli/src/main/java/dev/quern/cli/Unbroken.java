package dev.quern.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work that Ctrl-C does not break off: the JVM's end waits for it. Without that no file would be
 * half-written either, but a temporary one could be left behind.
 */
final class Unbroken {
  private static final long PATIENCE_SECONDS = 30;
  private static final ReentrantLock WORKING = new ReentrantLock();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Unbroken::await, "quern-unbroken"));
  }

  private Unbroken() {}

  static void run(Runnable work) {
    WORKING.lock();
    try {
      work.run();
    } finally {
      WORKING.unlock();
    }
  }

  /** Keeps the lock, so that nothing new begins while the JVM ends. */
  private static void await() {
    try {
      if (!WORKING.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("quern: stopped while a file was being written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
