package dev.quern.predict;

import dev.quern.error.MemoryLimitException;
import dev.quern.error.PlanLimitException;
import dev.quern.plan.Plan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plans of a model, both in use by calls and kept for later calls. Their total memory stays
 * within the limit; memory is counted before it is allocated. Thread-safe.
 */
final class PlanPool {
  /** Maximum time that a call waits for memory that other calls use. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private record Idle(Sized of, Plan plan) {}

  /** Idle plans, the least recently used first. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  private final long mostIdle;
  private long limit;
  private long idleBytes;

  /** Total bytes of all plans. */
  private long bytes;

  /**
   * Creates an empty pool.
   *
   * @param limit the limit of all plans, in bytes
   * @param mostIdle the limit of idle plans, in bytes
   */
  PlanPool(long limit, long mostIdle) {
    this.limit = limit;
    this.mostIdle = mostIdle;
  }

  synchronized long limit() {
    return limit;
  }

  /** Sets the limit; plans in use are kept even if they exceed it. */
  synchronized void limit(long most) {
    limit = most;
    trim();
    notifyAll();
  }

  synchronized long bytes() {
    return bytes;
  }

  /**
   * Returns an idle plan or reserves memory for a new one; frees idle plans and waits for running
   * calls if memory is short.
   *
   * @param need the bytes of the plan
   * @return null if the caller must allocate the plan; the caller must call {@link #cancel} if that
   *     fails
   * @throws PlanLimitException if the plan alone exceeds the limit
   * @throws MemoryLimitException if other calls use the memory for too long
   */
  synchronized @Nullable Plan take(Sized of, int batch, long need) {
    long until = System.nanoTime() + PATIENCE;
    while (true) {
      if (need > limit) {
        throw tooLarge(of, need, limit);
      }
      Plan kept = kept(of, batch);
      if (kept != null) {
        return kept;
      }
      drop(i -> need > limit - bytes);
      if (need <= limit - bytes) {
        bytes += need;
        return null;
      }
      await(of, need, until);
    }
  }

  static PlanLimitException tooLarge(Sized of, long need, long limit) {
    return new PlanLimitException(
        of.text() + " needs " + need + " bytes for one sample, the limit is " + limit);
  }

  private @Nullable Plan kept(Sized of, int batch) {
    for (Iterator<Idle> all = idle.descendingIterator(); all.hasNext(); ) {
      Idle next = all.next();
      if (next.of() == of && next.plan().batch() == batch) {
        all.remove();
        idleBytes -= next.plan().bytes();
        return next.plan();
      }
    }
    return null;
  }

  private void await(Sized of, long need, long until) {
    long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
    boolean interrupted = false;
    if (left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        interrupted = true;
      }
    }
    if (left <= 0 || interrupted) {
      throw new MemoryLimitException(
          of.text()
              + " needs "
              + need
              + " bytes, and other calls use "
              + bytes
              + " of the limit of "
              + limit);
    }
  }

  /** Releases the reservation of a plan that could not be allocated. */
  synchronized void cancel(long need) {
    bytes -= need;
    notifyAll();
  }

  /** Keeps a plan for later calls, if there is room. */
  synchronized void giveBack(Sized of, Plan plan) {
    idle.addLast(new Idle(of, plan));
    idleBytes += plan.bytes();
    trim();
    notifyAll();
  }

  private void trim() {
    drop(i -> idleBytes > mostIdle || bytes > limit);
  }

  /** Frees the kept plans of one size. */
  synchronized void drop(Sized of) {
    drop(i -> i.of() == of);
    notifyAll();
  }

  /** Frees all kept plans. */
  synchronized void dropIdle() {
    drop(i -> true);
    notifyAll();
  }

  /** Frees the idle plans that match. */
  private void drop(Predicate<Idle> which) {
    for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
      Idle next = all.next();
      if (which.test(next)) {
        all.remove();
        idleBytes -= next.plan().bytes();
        bytes -= next.plan().bytes();
        next.plan().close();
      }
    }
  }
}
