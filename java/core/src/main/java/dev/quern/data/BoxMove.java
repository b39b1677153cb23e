package dev.quern.data;

/**
 * Mapping of boxes by an image's augmentations, in the image's coordinates: x to the right, y down,
 * a pixel 1 wide and 1 high. Not thread-safe.
 *
 * @see Dataset#copyTarget(int, BoxMove, java.nio.FloatBuffer)
 */
@FunctionalInterface
public interface BoxMove {
  /**
   * Maps a box: the bounding box of its corners after each geometric step, clipped at the image's
   * border, by torchvision's rule. Consecutive steps that are combined for the pixels are combined
   * here, too.
   *
   * @return left, top, right and bottom within the image; a box of area 0 if it lies outside
   * @throws dev.quern.error.InvalidArgumentException if a side is not finite
   */
  double[] moved(double left, double top, double right, double bottom);
}
