package dev.quern.internal;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory limits of the machine and of all control groups that contain this process. The limits are
 * read again on each call, because limits and groups may change while the process runs.
 *
 * @param limit the minimum of the machine's memory and the groups' limits, in bytes
 * @param available bytes that can be allocated now without swapping: the minimum of Linux's value
 *     for the machine and, for each group, its limit minus the memory that its processes use. The
 *     resident part of this JVM counts as used; file pages count as free, because the kernel drops
 *     them before it kills a process. {@link Long#MAX_VALUE} if unknown.
 */
record SystemMemory(long limit, long available) {
  /**
   * Reads the current limits.
   *
   * @param root root of the file system; tests use another one
   */
  static SystemMemory read(Path root) {
    KernelFile meminfo = new KernelFile(root.resolve("proc/meminfo"));
    long machine = kibibytes(meminfo, "MemTotal:").orElseGet(SystemMemory::machine);
    long limit = machine;
    long available = kibibytes(meminfo, "MemAvailable:").orElse(Long.MAX_VALUE);
    for (Cgroup group : Cgroup.around(root)) {
      long granted = group.limit();
      if (granted < machine) { // a larger limit has no effect
        limit = Math.min(limit, granted);
        long used = group.used().orElseGet(() -> resident(root));
        available = Math.min(available, granted - used);
      }
    }
    return new SystemMemory(limit, Math.max(0, available));
  }

  private static OptionalLong kibibytes(KernelFile file, String field) {
    OptionalLong value = file.field(field);
    return value.isPresent() ? OptionalLong.of(value.getAsLong() << 10) : value;
  }

  /** Returns this process's resident bytes, a lower bound of the bytes that its groups use. */
  private static long resident(Path root) {
    return kibibytes(new KernelFile(root.resolve("proc/self/status")), "VmRSS:").orElse(0);
  }

  /** Returns the machine's memory as the JVM reports it, for systems without /proc. */
  private static long machine() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /**
   * Returns the bytes to keep free for memory that grows later: the JVM's heap and code, threads,
   * OpenBLAS's buffers. These bytes are a twentieth of the limit, but at least 64 MiB (or an eighth
   * of the limit, if that is less) and at most 1 GiB.
   */
  long headroom() {
    long least = Math.min(64L << 20, limit / 8);
    return Math.min(1L << 30, Math.max(least, limit / 20));
  }
}
