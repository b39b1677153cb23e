package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Refusal;

/**
 * Bounds the total computation while a file is read, over all sizes, because a small file may
 * request a lot.
 */
final class Work {
  private static final long MOST = 1L << 31;

  private long elements;

  /**
   * Adds numbers that are computed.
   *
   * @throws Refusal if they are too many with all others
   */
  void add(long more) {
    elements += more;
    if (elements > MOST) {
      throw new Refusal("constants of more than " + MOST + " elements in all are computed");
    }
  }
}
