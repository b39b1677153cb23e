package dev.quern.plan.build;

import dev.quern.internal.OffHeap;

/** An operation of a plan: native calls on fixed memory. */
public interface Op {
  /** Creates pointers and descriptors after the plan's memory is allocated. */
  void bind(OffHeap slab);

  /** Sets the number of samples of the next passes. */
  void batch(int n);

  /** Sets the random numbers of the next passes; most operations draw none. */
  default void random(long seed, long step) {}

  void forward();

  /**
   * Runs the forward pass again for the same batch, with an identical result and without other
   * effects.
   */
  default void recompute() {
    forward();
  }

  void backward();
}
