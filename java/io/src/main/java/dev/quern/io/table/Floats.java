package dev.quern.io.table;

import dev.quern.error.MemoryLimitException;
import dev.quern.internal.arguments.Heap;
import java.util.Arrays;

/** An array of floats that grows, as far as the JVM's heap allows. */
final class Floats {
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final String what;
  private float[] values = new float[1024];
  private int size;

  /**
   * @param what operation and file, for messages
   */
  Floats(String what) {
    this.what = what;
  }

  /**
   * @throws MemoryLimitException if the heap or an array has no room
   */
  void add(float value) {
    if (size == values.length) {
      if (size == MOST) {
        throw new MemoryLimitException(what + " has more values than a Java array holds");
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
