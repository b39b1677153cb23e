package dev.quern.internal;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory limits of the machine and all control groups around this process, read on each call: a
 * limit may be lowered, and a process moved, while it runs.
 *
 * @param limit the least of the machine's memory and of the groups' limits
 * @param available bytes that can be allocated now without swapping: the least of Linux's value for
 *     the machine, and of each group's limit less the use of its processes. This process is one of
 *     them, with the JVM's heap, code and stacks as far as they are resident. File pages count as
 *     free, because the kernel drops them before it kills a process. {@link Long#MAX_VALUE} if
 *     unknown.
 */
record SystemMemory(long limit, long available) {
  /**
   * @param root of the file system, for tests
   */
  static SystemMemory read(Path root) {
    KernelFile meminfo = new KernelFile(root.resolve("proc/meminfo"));
    long machine = kibibytes(meminfo, "MemTotal:").orElseGet(SystemMemory::machine);
    long limit = machine;
    long available = kibibytes(meminfo, "MemAvailable:").orElse(Long.MAX_VALUE);
    for (Cgroup group : Cgroup.around(root)) {
      long granted = group.limit();
      if (granted < machine) { // a greater one limits nothing
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

  /** This process's memory, the least that its groups use. */
  private static long resident(Path root) {
    return kibibytes(new KernelFile(root.resolve("proc/self/status")), "VmRSS:").orElse(0);
  }

  /** The JVM's value, for systems without /proc. */
  private static long machine() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /**
   * Bytes that cannot be reserved: for memory that grows later (the JVM's heap and code, threads,
   * OpenBLAS's buffers). A twentieth of the limit, at least 64 MiB, of a small limit an eighth, and
   * at most 1 GiB.
   */
  long headroom() {
    long least = Math.min(64L << 20, limit / 8);
    return Math.min(1L << 30, Math.max(least, limit / 20));
  }
}
