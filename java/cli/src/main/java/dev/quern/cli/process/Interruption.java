package dev.quern.cli.process;

import dev.quern.train.Trainer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Graceful end of a command after Ctrl-C or SIGTERM. Training completes the current step and writes
 * files and a checkpoint before the JVM ends with status 130 or 143.
 */
public final class Interruption {
  private static final long PATIENCE_SECONDS = 120;

  private Interruption() {}

  /** Runs work that returns soon after its trainer is stopped; the JVM's shutdown waits for it. */
  public static int guard(Trainer trainer, IntSupplier work) {
    return guard(
        trainer::stop, "stopped before the step was finished; the last checkpoint is kept", work);
  }

  /**
   * Runs work that returns soon after a request to stop; the JVM's shutdown waits for it.
   *
   * @param late message if it does not return in time
   * @return the work's result; {@link Failures#STOPPED}, with nothing done, if the JVM is shutting
   *     down already
   */
  public static int guard(Runnable stop, String late, IntSupplier work) {
    CountDownLatch done = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(stop, late, done), "quern-interruption");
    if (!add(hook)) {
      return Failures.STOPPED;
    }
    try {
      return work.getAsInt();
    } finally {
      done.countDown();
      remove(hook);
    }
  }

  private static void stop(Runnable stop, String late, CountDownLatch done) {
    stop.run();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("quern: " + late);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the JVM is ending: what is new to it then fails in odd ways, classes included. */
  static boolean ending() {
    Thread probe = new Thread(() -> {});
    boolean runs = add(probe);
    if (runs) {
      remove(probe);
    }
    return !runs;
  }

  private static boolean add(Thread hook) {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook with it
    }
  }
}
