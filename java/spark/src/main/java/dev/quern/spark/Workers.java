package dev.quern.spark;

import dev.quern.engine.Engine;
import dev.quern.train.Contribution;
import dev.quern.train.Round;
import dev.quern.train.Trainer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.TaskContext;

/**
 * The trainers in an executor's JVM, reused by the tasks of one run. There are as many trainers as
 * the largest number of tasks that ran at the same time. Thread-safe.
 */
final class Workers {
  private static final Deque<Trainer> IDLE = new ArrayDeque<>();
  private static String run = "";

  private Workers() {}

  /**
   * Computes a partition's contribution with a trainer that no other task uses at the same time.
   */
  static Contribution contribute(Settings settings, Round round, int replica, Part part) {
    Trainer worker = borrowed(settings.run());
    try {
      worker = worker == null ? made(settings) : worker;
      Contribution c = worker.contribute(round, replica, part);
      giveBack(settings.run(), worker);
      worker = null;
      return c;
    } finally {
      if (worker != null) {
        worker.close();
      }
    }
  }

  private static Trainer made(Settings settings) {
    TaskContext task = TaskContext.get();
    if (task != null) {
      Engine.setThreads(Math.max(1, Math.min(64, task.cpus())));
    }
    return settings.builder().build();
  }

  private static Trainer borrowed(String of) {
    synchronized (IDLE) {
      if (!run.equals(of)) {
        closeIdle();
        run = of;
      }
      return IDLE.pollLast();
    }
  }

  /** Closes idle trainers to free memory; if the run continues, new trainers are created. */
  static void closeIdle() {
    synchronized (IDLE) {
      IDLE.forEach(Trainer::close);
      IDLE.clear();
    }
  }

  /** Returns the number of trainers that no task uses. */
  static int idle() {
    synchronized (IDLE) {
      return IDLE.size();
    }
  }

  private static void giveBack(String of, Trainer worker) {
    synchronized (IDLE) {
      if (run.equals(of)) {
        IDLE.addLast(worker);
        return;
      }
    }
    worker.close();
  }
}
