package dev.quern.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Read-only memory that is stored once for any number of holders. Pieces are shared if all their
 * bytes are equal: a checksum only selects candidates for the comparison. Memory without holders is
 * freed. Thread-safe.
 */
final class SharedMemory {
  /** How much of a piece's beginning and of its end the checksum covers. */
  private static final int SAMPLE = 4096;

  /** As much as one buffer of Java's has room for, in whole pages. */
  private static final long MOST = 1L << 30;

  private record Key(long bytes, long checksum) {}

  /** All that is held, and the lock of it, under which pieces are compared. */
  private static final Map<Key, List<SharedMemory>> ALL = new HashMap<>();

  private final Key key;
  private final OffHeap memory;
  private volatile int holders;

  private SharedMemory(Key key, OffHeap memory) {
    this.key = key;
    this.memory = memory;
  }

  /**
   * Shares memory with one more holder, which must close the result instead of its own memory and
   * write to neither.
   *
   * @param own closed if other holders have the same bytes; unchanged if this throws
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
      } catch (Throwable e) { // of the heap
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

  /** One holder less. */
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

  /** How many hold it, at least 1. */
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
