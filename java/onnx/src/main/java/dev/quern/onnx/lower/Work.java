package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Refusal;

/**
 * Limits the total computation at import, over all sizes, because a small file may request a lot.
 */
final class Work {
  private static final long MOST = 1L << 31;

  private long elements;

  /**
   * Counts computed numbers.
   *
   * @throws Refusal if the total exceeds the limit
   */
  void add(long more) {
    elements += more;
    if (elements > MOST) {
      throw new Refusal("constants to fold have more than " + MOST + " elements in all");
    }
  }
}
