package dev.quern.plan.memory;

import java.util.BitSet;

/** A part of a plan's memory, with its size, its offset and the times at which it is used. */
public final class Slot {
  public long bytes;

  /** The times at which the slot is written or read. */
  public final BitSet uses = new BitSet();

  public long offset = -1;

  /** Whether the content is discarded after the forward pass and restored in the backward pass. */
  public boolean restored;

  /**
   * The first of four times that define when the slot is in use: from {@code first} to {@code
   * until} and from {@code again} to {@code last}. The ranges may be equal.
   */
  private int first;

  private int until;
  private int again;
  private int last;

  public Slot(long bytes) {
    this.bytes = bytes;
  }

  /** Records that the slot is written or read at this time, and returns this slot. */
  public Slot at(int time) {
    uses.set(time);
    return this;
  }

  public void live(int first, int until, int again, int last) {
    this.first = first;
    this.until = until;
    this.again = again;
    this.last = last;
  }

  public int first() {
    return first;
  }

  public boolean meets(Slot o) {
    return overlap(first, until, o.first, o.until)
        || overlap(first, until, o.again, o.last)
        || overlap(again, last, o.first, o.until)
        || overlap(again, last, o.again, o.last);
  }

  private static boolean overlap(int begin, int end, int otherBegin, int otherEnd) {
    return begin <= otherEnd && otherBegin <= end;
  }
}
