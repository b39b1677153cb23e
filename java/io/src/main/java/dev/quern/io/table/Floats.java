package dev.quern.io.table;

import dev.quern.error.MemoryLimitException;
import dev.quern.internal.arguments.Heap;
import java.util.Arrays;

/** A growing array of floats, limited by the JVM's heap. */
final class Floats {
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final String what;
  private float[] values = new float[1024];
  private int size;

  /**
   * Creates an empty array.
   *
   * @param what the operation and file, for messages
   */
  Floats(String what) {
    this.what = what;
  }

  /**
   * Appends a value.
   *
   * @throws MemoryLimitException if the heap or the maximum length of an array is exceeded
   */
  void add(float value) {
    if (size == values.length) {
      if (size == MOST) {
        throw new MemoryLimitException(what + " has more values than a Java array can contain");
      }
      int larger = (int) Math.min(MOST, 2L * size);
      Heap.require(what, (long) Float.BYTES * larger);
      values = Arrays.copyOf(values, larger);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  float[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
