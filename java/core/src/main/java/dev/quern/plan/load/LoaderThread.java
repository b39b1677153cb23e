package dev.quern.plan.load;

import dev.quern.error.InvalidArgumentException;

/**
 * The thread that reads the next batch during a training step. The trainer waits for this thread,
 * so a data set that called the trainer from this thread would cause a deadlock.
 */
public final class LoaderThread extends Thread {
  LoaderThread(Runnable task) {
    super(task, "quern-loader");
    setDaemon(true);
  }

  /**
   * Throws an exception if the current thread is a loader thread.
   *
   * @param operation name of the called operation, for the message
   * @throws InvalidArgumentException if a data set calls the operation while it is being read
   */
  public static void refuse(String operation) {
    if (Thread.currentThread() instanceof LoaderThread) {
      throw new InvalidArgumentException(
          operation + ": a data set called this method while being read");
    }
  }
}
