package dev.quern.plan.load;

import dev.quern.error.InvalidArgumentException;

/**
 * Gathers a batch while a step runs. The step's thread waits for it, so that a data set that waits
 * for the trainer here would wait for ever.
 */
public final class LoaderThread extends Thread {
  LoaderThread(Runnable task) {
    super(task, "quern-loader");
    setDaemon(true);
  }

  /**
   * @throws InvalidArgumentException if a data set calls while it is read
   */
  public static void refuse(String operation) {
    if (Thread.currentThread() instanceof LoaderThread) {
      throw new InvalidArgumentException(
          operation + ": called by a data set while it is being read");
    }
  }
}
