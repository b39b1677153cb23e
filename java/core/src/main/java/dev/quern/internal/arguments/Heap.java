package dev.quern.internal.arguments;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Allocation of Java arrays whose length comes from an argument. If the heap is too small, the
 * exception's message contains the sizes.
 */
public final class Heap {
  /** Maximum array length that every JVM supports. */
  public static final int MOST = Integer.MAX_VALUE - 8;

  private Heap() {}

  /**
   * Allocates an array of floats with value 0.
   *
   * @throws InvalidArgumentException if the length exceeds the maximum length of a Java array
   * @throws MemoryLimitException if the heap is too small
   */
  public static float[] floats(String what, long length) {
    return array(what, length(what, length), Float.BYTES, float[]::new);
  }

  /** Allocates an array of doubles, with the checks of {@link #floats}. */
  public static double[] doubles(String what, long length) {
    return array(what, length(what, length), Double.BYTES, double[]::new);
  }

  /** Allocates an array of longs, with the checks of {@link #floats}. */
  public static long[] longs(String what, long length) {
    return array(what, length(what, length), Long.BYTES, long[]::new);
  }

  /** Allocates an array of ints, with the checks of {@link #floats}. */
  public static int[] ints(String what, int length) {
    return array(what, length, Integer.BYTES, int[]::new);
  }

  /** Allocates an array of shorts, with the checks of {@link #floats}. */
  public static short[] shorts(String what, int length) {
    return array(what, length, Short.BYTES, short[]::new);
  }

  /** Allocates an array of bytes, with the checks of {@link #floats}. */
  public static byte[] bytes(String what, int length) {
    return array(what, length, 1, byte[]::new);
  }

  private static int length(String what, long length) {
    if (length > MOST) {
      throw new InvalidArgumentException(
          what + ": " + length + " values do not fit in a Java array");
    }
    return (int) length;
  }

  /**
   * Checks that a number of bytes does not exceed the maximum heap.
   *
   * @throws MemoryLimitException if the maximum heap is smaller
   */
  public static void require(String what, long bytes) {
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw full(what, bytes, null);
    }
  }

  /**
   * Runs a task that reads a file, and converts an {@code OutOfMemoryError} to a {@code
   * MemoryLimitException}. Only the garbage collector knows the free part of the heap, so it cannot
   * be checked in advance.
   *
   * @param what operation and file, for the exception's message
   * @throws MemoryLimitException if the free part of the heap is too small
   */
  public static <T> T within(String what, Supplier<T> read) {
    try {
      return read.get();
    } catch (OutOfMemoryError e) {
      long heap = Runtime.getRuntime().maxMemory();
      throw new MemoryLimitException(
          what + " does not fit into the free heap; the maximum heap is " + heap + " bytes (-Xmx)");
    }
  }

  private static <A> A array(String what, int length, long each, IntFunction<A> make) {
    require(what, length * each);
    try {
      return make.apply(length);
    } catch (OutOfMemoryError e) { // only this allocation has failed
      throw full(what, length * each, e);
    }
  }

  private static MemoryLimitException full(String what, long bytes, Throwable cause) {
    MemoryLimitException e =
        new MemoryLimitException(
            what
                + ": "
                + bytes
                + " bytes do not fit into the free heap; the maximum heap is "
                + Runtime.getRuntime().maxMemory()
                + " bytes (-Xmx)");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
