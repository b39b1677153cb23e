package dev.quern.serve;

/**
 * Receives the statistics of a {@link BatchingModel}, see {@link BatchingModel#addStatistics}.
 * Worker threads and callers' threads call the methods concurrently, so an implementation must be
 * thread-safe and must not block. An exception that a method throws is logged; requests are not
 * affected. By default, all methods do nothing.
 */
public interface BatchStatistics {
  /** Receiver that ignores all statistics. */
  BatchStatistics NONE = new BatchStatistics() {};

  /**
   * Records that a batch was computed.
   *
   * @param samples number of samples in the batch, at least 1
   * @param nanos duration of the computation in nanoseconds
   */
  default void ran(int samples, long nanos) {}

  /**
   * Records that a request was computed; called once for each request of a computed batch.
   *
   * @param nanos time in nanoseconds that the request waited before its batch started
   */
  default void waited(long nanos) {}

  /** Records that a request was rejected because the queue was full. */
  default void refused() {}

  /** Records that a request timed out before its batch started. */
  default void late() {}

  /** Records that the model threw an exception while it computed a request. */
  default void failed() {}
}
