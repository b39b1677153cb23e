package dev.quern.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Read-only memory that several holders share. Blocks are shared if all their bytes are equal; a
 * checksum only selects the candidates for this comparison. The memory is freed when the last
 * holder is closed. Thread-safe.
 */
final class SharedMemory {
  /** Number of bytes that the checksum covers at the beginning and at the end of a block. */
  private static final int SAMPLE = 4096;

  /** Number of bytes to compare at once, below the maximum size of a Java buffer. */
  private static final long MOST = 1L << 30;

  private record Key(long bytes, long checksum) {}

  /** All shared blocks by checksum; also the lock for comparing, adding and releasing blocks. */
  private static final Map<Key, List<SharedMemory>> ALL = new HashMap<>();

  private final Key key;
  private final OffHeap memory;
  private volatile int holders;

  private SharedMemory(Key key, OffHeap memory) {
    this.key = key;
    this.memory = memory;
  }

  /**
   * Returns a new holder of shared memory with the bytes of {@code own}. The caller must close the
   * result instead of {@code own}, and must not write to either of them.
   *
   * @param own memory to share; closed if equal memory is already shared, unchanged if this method
   *     throws
   */
  static OffHeap of(OffHeap own) {
    Key key = new Key(own.bytes(), checksum(own));
    synchronized (ALL) {
      List<SharedMemory> like = ALL.computeIfAbsent(key, k -> new ArrayList<>(1));
      for (SharedMemory other : like) {
        if (same(other.memory, own)) {
          OffHeap held = other.hold();
          own.close();
          return held;
        }
      }
      SharedMemory first = new SharedMemory(key, own);
      like.add(first);
      try {
        return first.hold();
      } catch (Throwable e) { // for example, the JVM's heap is full
        first.drop();
        throw e;
      }
    }
  }

  private OffHeap hold() {
    holders++;
    try {
      return new OffHeap(memory, this);
    } catch (Throwable e) {
      holders--;
      throw e;
    }
  }

  /** Removes a holder; removing the last holder frees the memory. */
  void release() {
    synchronized (ALL) {
      if (--holders == 0) {
        drop();
        memory.close();
      }
    }
  }

  private void drop() {
    List<SharedMemory> like = ALL.get(key);
    like.remove(this);
    if (like.isEmpty()) {
      ALL.remove(key);
    }
  }

  /** Returns the number of holders, at least 1. */
  int holders() {
    return Math.max(1, holders);
  }

  private static long checksum(OffHeap memory) {
    CRC32C sum = new CRC32C();
    int begin = (int) Math.min(SAMPLE, memory.bytes());
    sum.update(memory.buffer(0, begin));
    int end = (int) Math.min(SAMPLE, memory.bytes() - begin);
    if (end > 0) {
      sum.update(memory.buffer(memory.bytes() - end, end));
    }
    return sum.getValue();
  }

  private static boolean same(OffHeap a, OffHeap b) {
    for (long at = 0; at < a.bytes(); at += MOST) {
      int n = (int) Math.min(MOST, a.bytes() - at);
      if (a.buffer(at, n).mismatch(b.buffer(at, n)) >= 0) {
        return false;
      }
    }
    return true;
  }
}
