package dev.quern.plan.build;

import dev.quern.internal.OffHeap;

/** An operation of a plan, consisting of native calls on fixed memory. */
public interface Op {
  /**
   * Creates pointers into the plan's memory, after the memory has been allocated.
   *
   * @param slab the plan's memory
   */
  void bind(OffHeap slab);

  /** Sets the number of samples in the next passes. */
  void batch(int n);

  /**
   * Sets the random number generator for the next passes. Only operations with random numbers, such
   * as dropout, override this method.
   *
   * @param seed the seed
   * @param step the training step, counted from 0
   */
  default void random(long seed, long step) {}

  void forward();

  /**
   * Runs the forward pass again for the same batch. The result must be identical, without other
   * effects such as an update of statistics.
   */
  default void recompute() {
    forward();
  }

  void backward();
}
