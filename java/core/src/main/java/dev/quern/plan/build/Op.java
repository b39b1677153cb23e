package dev.quern.plan.build;

import dev.quern.internal.OffHeap;

/** One layer of a plan as native calls on fixed memory. */
public interface Op {
  /** Makes pointers and descriptors, once the slab is allocated. */
  void bind(OffHeap slab);

  /** Sets how many samples of the planned batch the next passes use. */
  void batch(int n);

  /** Says which random numbers the next passes draw; nothing to most operations. */
  default void random(long seed, long step) {}

  void forward();

  /**
   * Runs forward a second time for the same batch, to the same result, and changes nothing else.
   */
  default void recompute() {
    forward();
  }

  void backward();
}
