package dev.quern.io.file;

import dev.quern.error.MemoryLimitException;
import java.util.function.Supplier;

/** What a file needs of the JVM's heap, and how it is refused. */
public final class Heap {
  private Heap() {}

  /**
   * Refuses what would not fit even in an empty heap, before any of it is allocated.
   *
   * @throws MemoryLimitException with both figures
   */
  public static void require(String what, long bytes) {
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw new MemoryLimitException(
          what + " needs " + bytes + " bytes, more than the JVM's heap of " + heap + " (-Xmx)");
    }
  }

  /**
   * Reads a file. Only the collector knows how much of the heap is still in use, so that the one
   * sound test of what is left is to allocate.
   *
   * @param what operation and file, for the message
   * @throws MemoryLimitException if what is live already leaves too little; what was read is given
   *     back
   */
  public static <T> T within(String what, Supplier<T> read) {
    try {
      return read.get();
    } catch (OutOfMemoryError e) {
      long heap = Runtime.getRuntime().maxMemory();
      throw new MemoryLimitException(
          what + " does not fit into what is left of the JVM's heap of " + heap + " bytes (-Xmx)");
    }
  }
}
