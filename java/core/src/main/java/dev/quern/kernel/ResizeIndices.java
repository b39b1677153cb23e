package dev.quern.kernel;

import java.util.List;
import java.util.stream.IntStream;

/** The source positions of nearest-neighbor resizing. */
public final class ResizeIndices {
  private ResizeIndices() {}

  /**
   * Returns the nearest input position for each output position.
   *
   * @param exact whether centers of pixels are compared rather than their beginnings
   */
  public static List<Integer> nearest(long in, long out, boolean exact) {
    return IntStream.range(0, Math.toIntExact(out))
        .mapToObj(i -> (int) (exact ? (2L * i + 1) * in / (2 * out) : i * in / out))
        .toList();
  }
}
