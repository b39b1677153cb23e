package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Refusal;

/**
 * A limit on the total number of elements computed at import, for all input sizes that are tried: a
 * small file may cause much work.
 */
public final class Work {
  private static final long MOST = 1L << 31;

  private long elements;

  /**
   * Adds to the number of computed elements.
   *
   * @throws Refusal if the total exceeds the limit
   */
  public void add(long more) {
    elements += more;
    if (elements > MOST) {
      throw new Refusal("constants to fold have more than " + MOST + " elements in all");
    }
  }
}
