package dev.quern.serve;

/** What a {@link Batcher} tells of what it does; called by its thread and by those that ask. */
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
