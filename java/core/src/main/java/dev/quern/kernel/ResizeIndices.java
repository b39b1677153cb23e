package dev.quern.kernel;

import java.util.List;
import java.util.stream.IntStream;

/** Which positions of an axis are copied where its size changes. */
public final class ResizeIndices {
  private ResizeIndices() {}

  /**
   * For each position of the output the nearest of the input.
   *
   * @param exact whether centers of pixels are compared rather than their beginnings
   */
  public static List<Integer> nearest(long in, long out, boolean exact) {
    return IntStream.range(0, Math.toIntExact(out))
        .mapToObj(i -> (int) (exact ? (2L * i + 1) * in / (2 * out) : i * in / out))
        .toList();
  }
}
