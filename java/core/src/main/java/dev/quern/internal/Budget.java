package dev.quern.internal;

import dev.quern.error.MemoryLimitException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Process-wide accounting of off-heap memory. Memory is reserved before it is allocated, so that
 * concurrent allocations take each other into account. A reservation above the ceiling throws a
 * {@link MemoryLimitException}:
 *
 * <pre>  ceiling = bytes of finished blocks + what is available now - headroom</pre>
 *
 * <p>The available memory that {@link SystemMemory} reports already excludes finished blocks and
 * all other memory of this and other processes. The ceiling is computed again after new
 * reservations of a sixty-fourth of the limit, at most 64 MiB; in between, a reservation costs only
 * one or two atomic additions. Thread-safe.
 */
final class Budget {
  /**
   * Bytes that can be reserved before the system's memory is first read; small programs need less.
   */
  private static final long FIRST_STEP = 4L << 20;

  private final Supplier<SystemMemory> system;
  private final AtomicLong reserved = new AtomicLong();

  // both only increase, so that look() can account for concurrent changes
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();

  private final AtomicLong sinceLook = new AtomicLong();
  private volatile long step = FIRST_STEP;
  private volatile long ceiling = Long.MAX_VALUE;

  Budget(Supplier<SystemMemory> system) {
    this.system = system;
  }

  /** Returns the total bytes of finished blocks: allocated, but not freed yet. */
  long live() {
    return finished.get() - freed.get();
  }

  /** Reserves memory. {@link #finish} must follow, or {@link #cancel} if the allocation fails. */
  void reserve(long bytes, String what, Object ofOrNull) {
    if (bytes <= step && sinceLook.addAndGet(bytes) <= step && add(bytes)) {
      return;
    }
    synchronized (this) { // one look at a time
      SystemMemory now = look();
      if (!add(bytes)) {
        throw refusal(bytes, what, ofOrNull, now);
      }
    }
  }

  /** Throws the exception that {@link #reserve} would throw, without reserving memory. */
  void check(long bytes, String what) {
    if (bytes <= step && fits(bytes)) {
      return;
    }
    synchronized (this) {
      SystemMemory now = look();
      if (!fits(bytes)) {
        throw refusal(bytes, what, null, now);
      }
    }
  }

  private boolean fits(long bytes) {
    return bytes <= ceiling - reserved.get();
  }

  private boolean add(long bytes) {
    long held;
    do {
      held = reserved.get();
      if (bytes > ceiling - held) {
        return false;
      }
    } while (!reserved.compareAndSet(held, held + bytes));
    return true;
  }

  void cancel(long bytes) {
    reserved.addAndGet(-bytes);
  }

  /** Marks reserved memory as allocated and written. */
  void finish(long bytes) {
    finished.addAndGet(bytes);
  }

  /** Runs {@code free}, which frees a finished block, and ends the block's reservation. */
  void release(long bytes, Runnable free) {
    freed.addAndGet(bytes); // first, so that look() does not count the memory twice
    free.run();
    reserved.addAndGet(-bytes);
  }

  /**
   * Computes the ceiling. The system may have provided any part of the blocks that are being
   * allocated, so only bounds of the ceiling are known. The previous ceiling is clamped to these
   * bounds, so that concurrent allocations are not counted twice.
   */
  private SystemMemory look() {
    long before = finished.get();
    SystemMemory now = system.get();
    long ours = Math.max(0, before - freed.get());
    long inFlight = Math.max(0, reserved.get() - live());
    long least = sum(ours, now.available()) - now.headroom();
    long most = sum(least, inFlight);
    ceiling = Math.min(now.limit(), Math.max(least, Math.min(ceiling, most)));
    step = Math.max(1L << 20, Math.min(64L << 20, now.limit() / 64));
    sinceLook.set(0);
    return now;
  }

  /** Adds two numbers, where {@link Long#MAX_VALUE} means unlimited. */
  private static long sum(long a, long b) {
    long sum = a + b;
    return a > 0 && b > 0 && sum < 0 ? Long.MAX_VALUE : sum;
  }

  private MemoryLimitException refusal(long bytes, String what, Object ofOrNull, SystemMemory now) {
    long held = reserved.get();
    String start = (ofOrNull == null ? what : what + " " + ofOrNull) + ": " + mib(bytes);
    return new MemoryLimitException(
        bytes > now.limit() - held
            ? start
                + " requested, but of the "
                + mib(now.limit())
                + " of this machine or container, Quern already uses "
                + mib(held)
            : start
                + " requested, but only "
                + mib(Math.max(0, ceiling - held))
                + " are available now, "
                + mib(now.headroom())
                + " of headroom excluded; Quern uses "
                + mib(held));
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
