package dev.quern.peers;

/** A library under test, as the program of its own process sees it. */
public interface Library {
  /** One training or inference step. */
  interface Step {
    /**
     * @return the loss, or NaN in inference
     */
    double run() throws Exception;
  }

  /**
   * Makes network and data ready. What it opens stays open until the process ends, which is right
   * after the measurement.
   *
   * @param folder what Quern wrote of the workload; of no use in training
   * @param threads to compute with
   * @throws UnsupportedOperationException if the library has no such thing; the message is shown
   */
  Step prepare(Workload workload, ModelFolder folder, int threads) throws Exception;

  /** Whether it computes in whole numbers where the workload wants that. */
  default boolean int8() {
    return false;
  }

  /** Whether it computes in bfloat16 where the workload wants that. */
  default boolean bf16() {
    return false;
  }
}
