package dev.quern.plan.load;

import dev.quern.error.InvalidArgumentException;

/**
 * The thread that reads a batch during a step. The step's thread waits for it, so a data set that
 * calls the trainer on this thread would deadlock.
 */
public final class LoaderThread extends Thread {
  LoaderThread(Runnable task) {
    super(task, "quern-loader");
    setDaemon(true);
  }

  /**
   * Rejects calls by a data set on this thread.
   *
   * @throws InvalidArgumentException if a data set calls while it is read
   */
  public static void refuse(String operation) {
    if (Thread.currentThread() instanceof LoaderThread) {
      throw new InvalidArgumentException(
          operation + ": called by a data set while it is being read");
    }
  }
}
