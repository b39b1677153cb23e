package dev.quern.serve;

/**
 * Receiver of a {@link Batcher}'s statistics; called by its worker threads and by callers' threads.
 */
interface BatchStatistics {
  BatchStatistics NONE = new BatchStatistics() {};

  /** A batch of so many samples took so many nanoseconds. */
  default void ran(int samples, long nanos) {}

  /** A question waited so many nanoseconds until its batch began. */
  default void waited(long nanos) {}

  /** There was no room for a question. */
  default void refused() {}

  /** A question waited longer than it may. */
  default void late() {}

  /** The model threw. */
  default void failed() {}
}
