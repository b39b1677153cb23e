package dev.quern.plan.build;

import dev.quern.error.MemoryLimitException;
import dev.quern.plan.memory.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Memory planning by liveness: assigns each slot an offset in the plan's memory. The largest slots
 * are placed first, each at the lowest offset that is free whenever the slot is in use. Offsets are
 * multiples of 64 bytes.
 */
public final class Slab {
  private static final long ALIGN = 64;

  /**
   * Maximum size of a plan's memory in bytes. A slot has at most 2^57 bytes, so sums of sizes do
   * not overflow.
   */
  private static final long MOST = 1L << 60;

  private final List<Slot> slots = new ArrayList<>();
  private long bytes;

  public Slot slot(long size) {
    Slot s = new Slot(aligned(size));
    slots.add(s);
    return s;
  }

  /** Increases a slot's size to at least {@code size} bytes. */
  public void grow(Slot slot, long size) {
    slot.bytes = Math.max(slot.bytes, aligned(size));
  }

  private static long aligned(long size) {
    return (Math.max(size, 1) + ALIGN - 1) / ALIGN * ALIGN;
  }

  /** Assigns an offset to each slot that is used at any time. */
  public void place(Timeline timeline) {
    List<Slot> placed = new ArrayList<>();
    List<Slot> order = new ArrayList<>(slots);
    order.removeIf(s -> s.uses.isEmpty());
    order.forEach(timeline::settle);
    order.sort(Comparator.comparingLong((Slot s) -> -s.bytes).thenComparingInt(Slot::first));
    for (Slot s : order) {
      s.offset = lowest(s, placed);
      placed.add(s);
      bytes = Math.max(bytes, s.offset + s.bytes);
      if (bytes > MOST) {
        throw new MemoryLimitException("plan: activations and workspaces exceed 2^60 bytes");
      }
    }
  }

  private static long lowest(Slot s, List<Slot> placed) {
    List<Slot> near = new ArrayList<>(placed);
    near.removeIf(p -> !p.meets(s));
    near.sort(Comparator.comparingLong(p -> p.offset));
    long offset = 0;
    for (Slot p : near) {
      if (p.offset - offset >= s.bytes) {
        break;
      }
      offset = Math.max(offset, p.offset + p.bytes);
    }
    return offset;
  }

  /** Returns the total size in bytes; 0 before {@link #place}. */
  public long bytes() {
    return bytes;
  }
}
