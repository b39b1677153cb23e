package dev.quern.internal;

import dev.quern.bindings.Quern;
import dev.quern.error.MemoryLimitException;
import java.nio.file.Path;

/**
 * Allocation of off-heap memory. Memory is reserved before it is allocated. If the machine or
 * container does not have enough, the exception's message contains the sizes.
 */
public final class Memory {
  /**
   * Lock for allocating memory in several pieces. Without this lock, two trainers that are built
   * concurrently, when memory suffices for only one, might each get half of the memory and both
   * fail.
   */
  public static final Object IN_PIECES = new Object();

  private static final Path ROOT = Path.of("/");
  private static final Budget BUDGET = new Budget(() -> SystemMemory.read(ROOT));

  private Memory() {}

  /** Returns the total bytes of the machine or container. */
  public static long limit() {
    return SystemMemory.read(ROOT).limit();
  }

  /** Returns the currently available bytes, including a headroom that Quern does not use. */
  public static long available() {
    return SystemMemory.read(ROOT).available();
  }

  /** Returns the off-heap bytes that Quern currently uses. */
  public static long live() {
    return BUDGET.live();
  }

  /**
   * Allocates zeroed memory, aligned to 64 bytes, and returns the address. The caller must release
   * the memory with {@link #free}.
   */
  static long allocate(long bytes, String what, Object ofOrNull) {
    BUDGET.reserve(bytes, what, ofOrNull);
    long[] address = new long[1];
    boolean finished = false;
    try {
      NativeLibrary.require();
      Status.check(Quern.quern_alloc(bytes, address));
      finished = true;
    } finally {
      if (!finished) {
        BUDGET.cancel(bytes);
      }
    }
    BUDGET.finish(bytes);
    return address[0];
  }

  static void free(long address, long bytes) {
    BUDGET.release(bytes, () -> Quern.quern_free(address));
  }

  /**
   * Checks that memory is available, without allocating it.
   *
   * @throws MemoryLimitException if {@code bytes} are not available
   */
  public static void check(long bytes, String what) {
    BUDGET.check(bytes, what);
  }
}
