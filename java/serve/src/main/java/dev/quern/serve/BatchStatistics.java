package dev.quern.serve;

/**
 * Receives the statistics of a {@link Batcher}. Worker threads and callers' threads call it
 * concurrently.
 */
interface BatchStatistics {
  BatchStatistics NONE = new BatchStatistics() {};

  /** Records that a batch of {@code samples} samples was computed in {@code nanos} nanoseconds. */
  default void ran(int samples, long nanos) {}

  /** Records that a request waited {@code nanos} nanoseconds before its batch started. */
  default void waited(long nanos) {}

  /** Records that a request was rejected because the queue was full. */
  default void refused() {}

  /** Records that a request timed out before its batch started. */
  default void late() {}

  /** Records that the model threw an exception while it computed a request. */
  default void failed() {}
}
