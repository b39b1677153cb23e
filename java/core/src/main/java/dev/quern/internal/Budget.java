package dev.quern.internal;

import dev.quern.error.MemoryLimitException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The process-wide account of off-heap memory. Memory is reserved before it is allocated, so that
 * concurrent allocations take each other into account. A reservation above the ceiling throws a
 * {@link MemoryLimitException}:
 *
 * <pre>  ceiling = bytes of finished blocks + what is available now - headroom</pre>
 *
 * <p>The available memory is reported by {@link SystemMemory}, which already excludes finished
 * blocks and other memory of the process and its neighbors. The ceiling is determined again when a
 * sixty-fourth of the limit, at most 64 MiB, was reserved since the last time; smaller reservations
 * cost only one or two atomic additions. Thread-safe.
 */
final class Budget {
  /** Until the first look, which a small program never needs. */
  private static final long FIRST_STEP = 4L << 20;

  private final Supplier<SystemMemory> system;
  private final AtomicLong reserved = new AtomicLong();

  // both only grow, so that a look can tell what came and went during it
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();

  private final AtomicLong sinceLook = new AtomicLong();
  private volatile long step = FIRST_STEP;
  private volatile long ceiling = Long.MAX_VALUE;

  Budget(Supplier<SystemMemory> system) {
    this.system = system;
  }

  /** Bytes of finished blocks. */
  long live() {
    return finished.get() - freed.get();
  }

  /** To be followed by {@link #finish}, or by {@link #cancel} where it came to nothing. */
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

  /** Refuses what {@link #reserve} would; reserves nothing. */
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

  /** A reservation's memory is there, and written to. */
  void finish(long bytes) {
    finished.addAndGet(bytes);
  }

  /** Gives a finished block back; {@code free} is what frees it. */
  void release(long bytes, Runnable free) {
    freed.addAndGet(bytes); // before, so that no look counts both the block and its memory
    free.run();
    reserved.addAndGet(-bytes);
  }

  /**
   * Determines the ceiling. For blocks in allocation it is not known how much the system has
   * provided: between nothing and all. The true ceiling lies between the two; the previous value is
   * kept as far as that allows, so that allocations of neighbors are not counted twice.
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

  /** Adds numbers that may mean "unlimited". */
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
                + " of this machine or container, Quern already holds "
                + mib(held)
            : start
                + " requested, but only "
                + mib(Math.max(0, ceiling - held))
                + " are available now, "
                + mib(now.headroom())
                + " of headroom excluded; Quern holds "
                + mib(held));
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
