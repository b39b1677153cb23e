package dev.quern.serve;

/**
 * A receiver of a {@link Batcher}'s statistics, which its worker threads and callers' threads call.
 */
interface BatchStatistics {
  BatchStatistics NONE = new BatchStatistics() {};

  /** Records that a batch of {@code samples} samples took {@code nanos} nanoseconds. */
  default void ran(int samples, long nanos) {}

  /** Records that a request waited {@code nanos} nanoseconds until its batch began. */
  default void waited(long nanos) {}

  /** Records that a request was rejected because the queue was full. */
  default void refused() {}

  /** Records that a request timed out while waiting. */
  default void late() {}

  /** Records that the model threw an exception. */
  default void failed() {}
}
