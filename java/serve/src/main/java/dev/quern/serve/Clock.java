package dev.quern.serve;

import dev.quern.serve.http.Enduring;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The thread that regularly checks the deadlines of waiting requests, for the case that all workers
 * are busy.
 */
final class Clock {
  private static final long LOOK_MILLIS = 250;
  private static final List<Runnable> ALL = new CopyOnWriteArrayList<>();
  private static @Nullable Thread thread;

  private Clock() {}

  /**
   * Registers an action that runs four times per second until it is removed. The action must not
   * block.
   *
   * @throws OutOfMemoryError if the system cannot create a thread
   */
  static void add(Runnable work) {
    start();
    ALL.add(work);
  }

  static void remove(Runnable work) {
    ALL.remove(work);
  }

  private static synchronized void start() {
    if (thread == null) {
      Thread t = new Thread(() -> Enduring.run(Clock::tick), "quern-serve-clock");
      t.setDaemon(true);
      t.start();
      thread = t;
    }
  }

  private static void tick() {
    while (true) {
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        // the thread ends only with the process
      }
      ALL.forEach(Runnable::run);
    }
  }
}
