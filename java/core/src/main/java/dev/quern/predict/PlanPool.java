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
 * The pool of a model's plans: plans in use and plans kept for later calls. The total memory of all
 * plans does not exceed the limit; a plan's memory is counted before it is allocated. Thread-safe.
 */
final class PlanPool {
  /** Maximum time for which a call waits until other calls release memory. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private record Idle(Sized of, Plan plan) {}

  /** The plans that are kept for later calls, least recently used first. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  private final long mostIdle;
  private long limit;
  private long idleBytes;

  /** Total size of all plans in bytes, including reservations. */
  private long bytes;

  /**
   * Creates an empty pool.
   *
   * @param limit the maximum total size of all plans, in bytes
   * @param mostIdle the maximum total size of kept plans, in bytes
   */
  PlanPool(long limit, long mostIdle) {
    this.limit = limit;
    this.mostIdle = mostIdle;
  }

  synchronized long limit() {
    return limit;
  }

  /**
   * Sets the maximum total size of all plans, in bytes. Plans in use remain, even if they exceed
   * the limit.
   */
  synchronized void limit(long most) {
    limit = most;
    trim();
    notifyAll();
  }

  synchronized long bytes() {
    return bytes;
  }

  /**
   * Returns a kept plan, or reserves memory for a new plan. If the limit would be exceeded, frees
   * kept plans and waits for running calls.
   *
   * @param of the network at one size
   * @param batch the batch size of the plan
   * @param need the size of the plan in bytes
   * @return the plan; null if the caller must allocate it. If allocation fails, the caller must
   *     call {@link #cancel}
   * @throws PlanLimitException if this plan alone exceeds the limit
   * @throws MemoryLimitException if other calls do not release enough memory in time
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

  /**
   * Cancels the reservation for a plan that could not be allocated.
   *
   * @param need the size of the plan in bytes
   */
  synchronized void cancel(long need) {
    bytes -= need;
    notifyAll();
  }

  /** Returns a plan to the pool, which keeps it for later calls or frees it. */
  synchronized void giveBack(Sized of, Plan plan) {
    idle.addLast(new Idle(of, plan));
    idleBytes += plan.bytes();
    trim();
    notifyAll();
  }

  private void trim() {
    drop(i -> idleBytes > mostIdle || bytes > limit);
  }

  /** Frees all kept plans for one size of the network. */
  synchronized void drop(Sized of) {
    drop(i -> i.of() == of);
    notifyAll();
  }

  /** Frees all kept plans. */
  synchronized void dropIdle() {
    drop(i -> true);
    notifyAll();
  }

  /** Frees the kept plans that satisfy a condition. */
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
