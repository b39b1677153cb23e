package dev.quern.internal;

import dev.quern.bindings.Quern;
import dev.quern.error.MemoryLimitException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Off-heap memory, counted, and refused with figures where the machine or container does not have
 * it.
 */
public final class Memory {
  private static final AtomicLong LIVE = new AtomicLong();
  private static final long GRANTED = granted();

  /** Below this an allocation is not worth a look at what is available. */
  private static final long LARGE = 64L << 20;

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
  static long allocate(long bytes, String what, Object ofOrNull) {
    check(bytes, what, ofOrNull);
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
   * Refuses what cannot be had; allocates nothing.
   *
   * @throws MemoryLimitException if {@code bytes} more would be more than there is
   */
  public static void check(long bytes, String what) {
    check(bytes, what, null);
  }

  private static void check(long bytes, String what, Object ofOrNull) {
    long held = LIVE.get();
    if (bytes > GRANTED - held) {
      throw new MemoryLimitException(
          named(what, ofOrNull)
              + ": "
              + mib(bytes)
              + " asked for, but of the "
              + mib(GRANTED)
              + " that this machine or container grants, Quern already holds "
              + mib(held));
    }
    if (bytes >= LARGE && bytes > available()) {
      throw new MemoryLimitException(
          named(what, ofOrNull)
              + ": "
              + mib(bytes)
              + " asked for, but only "
              + mib(available())
              + " are available now");
    }
  }

  private static String named(String what, Object ofOrNull) {
    return ofOrNull == null ? what : what + " " + ofOrNull;
  }

  /** What Linux could give without swapping; unlimited where it does not say. */
  private static long available() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(l -> l.startsWith("MemAvailable:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE;
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
