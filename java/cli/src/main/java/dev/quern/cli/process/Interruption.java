package dev.quern.cli.process;

import dev.quern.train.Trainer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Graceful shutdown of a command after Ctrl-C or SIGTERM. Training completes the current step and
 * writes files and a checkpoint before the JVM ends with status 130 or 143.
 */
public final class Interruption {
  private static final long PATIENCE_SECONDS = 120;

  private Interruption() {}

  /**
   * Runs work that returns soon after its trainer is stopped; a shutdown of the JVM stops the
   * trainer and waits for the work.
   */
  public static int guard(Trainer trainer, IntSupplier work) {
    return guard(
        trainer::stop, "stopped before the step was finished; the last checkpoint is kept", work);
  }

  /**
   * Runs work that returns soon after {@code stop} is called; a shutdown of the JVM calls {@code
   * stop} and waits for the work.
   *
   * @param late message if the work does not return in time
   * @return the work's result; {@link Failures#STOPPED}, without running the work, if the JVM is
   *     already shutting down
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

  /**
   * Returns whether the JVM is shutting down; operations such as class loading may then fail in
   * unexpected ways.
   */
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
      // the JVM is shutting down: the hook is running or done
    }
  }
}
