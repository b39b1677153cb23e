package dev.quern.kernel;

import java.util.List;
import java.util.stream.IntStream;

/** Source positions for nearest-neighbor resizing along one axis. */
public final class ResizeIndices {
  private ResizeIndices() {}

  /**
   * Returns the nearest input position for each output position.
   *
   * @param exact true for PyTorch's {@code nearest-exact}, false for {@code nearest}
   */
  public static List<Integer> nearest(long in, long out, boolean exact) {
    return IntStream.range(0, Math.toIntExact(out))
        .mapToObj(i -> (int) (exact ? (2L * i + 1) * in / (2 * out) : i * in / out))
        .toList();
  }
}
