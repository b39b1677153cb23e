package dev.quern.io.file;

import dev.quern.error.MemoryLimitException;
import java.util.function.Supplier;

/** Checks of the JVM's heap before a file is read. */
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
   * Reads a file. Only the garbage collector knows how much of the heap is in use, so the only
   * reliable check is to allocate.
   *
   * @param what operation and file, for the message
   * @throws MemoryLimitException if the free part of the heap is too small; the memory of the
   *     partial result is released
   */
  public static <T> T within(String what, Supplier<T> read) {
    try {
      return read.get();
    } catch (OutOfMemoryError e) {
      long heap = Runtime.getRuntime().maxMemory();
      throw new MemoryLimitException(
          what + " does not fit into the free part of the JVM's heap of " + heap + " bytes (-Xmx)");
    }
  }
}
