package dev.quern.internal;

import dev.quern.bindings.Quern;
import dev.quern.error.MemoryLimitException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Off-heap memory, counted, and refused with figures where the machine or container does not have
 * it.
 */
public final class Memory {
  private static final AtomicLong LIVE = new AtomicLong();
  private static final long GRANTED = granted();

  private Memory() {}

  /** Bytes that the machine or container has in all. */
  public static long limit() {
    return GRANTED;
  }

  /** Bytes that Quern holds off-heap now. */
  public static long live() {
    return LIVE.get();
  }

  /** Zeroed memory, 64-byte aligned, for {@code what}; to be given back by {@link #free}. */
  static long allocate(long bytes, String what) {
    check(bytes, what);
    NativeLibrary.require();
    long[] address = new long[1];
    Status.check(Quern.quern_alloc(bytes, address));
    LIVE.addAndGet(bytes);
    return address[0];
  }

  static void free(long address, long bytes) {
    Quern.quern_free(address);
    LIVE.addAndGet(-bytes);
  }

  /**
   * @throws MemoryLimitException if {@code bytes} more would be more than there is; allocates
   *     nothing
   */
  public static void check(long bytes, String what) {
    long held = LIVE.get();
    if (bytes > GRANTED - held) {
      throw new MemoryLimitException(
          what
              + ": "
              + mib(bytes)
              + " asked for, but of the "
              + mib(GRANTED)
              + " that this machine or container grants, Quern already holds "
              + mib(held));
    }
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** Container-aware since JDK 14. */
  private static long granted() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
