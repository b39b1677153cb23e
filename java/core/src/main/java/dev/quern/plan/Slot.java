package dev.quern.plan;

/**
 * A piece of a plan's slab: its size, the moments between which it holds something, and where it
 * lies.
 */
final class Slot {
  final long bytes;
  int first = Integer.MAX_VALUE;
  int last = Integer.MIN_VALUE;
  long offset = -1;

  Slot(long bytes) {
    this.bytes = bytes;
  }

  /** Says that the slot is written or read at this moment. */
  Slot at(int time) {
    first = Math.min(first, time);
    last = Math.max(last, time);
    return this;
  }

  boolean meets(Slot other) {
    return first <= other.last && other.first <= last;
  }
}
