package dev.quern.serve;

import dev.quern.serve.http.Log;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread that looks at times which no request and no worker looks at. */
final class Clock {
  private static final ScheduledThreadPoolExecutor THREAD = thread();

  private Clock() {}

  private static ScheduledThreadPoolExecutor thread() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread t = new Thread(work, "quern-serve-clock");
              t.setDaemon(true);
              return t;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /**
   * Does something again and again, until it is cancelled. It may not block.
   *
   * @throws OutOfMemoryError if the system grants no thread
   */
  static Future<?> every(long millis, Runnable work) {
    Runnable safe =
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) { // another time it may work
            Log.warn("serve: the clock's work failed", e);
          }
        };
    THREAD.prestartCoreThread(); // else the work would stay in the queue where this fails
    return THREAD.scheduleWithFixedDelay(safe, millis, millis, TimeUnit.MILLISECONDS);
  }
}
