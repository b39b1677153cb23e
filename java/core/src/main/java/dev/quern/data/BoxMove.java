package dev.quern.data;

/**
 * Where augmentations put a box of an image, whose sides are the image's: x to the right, y down, a
 * pixel 1 wide and 1 high. Not thread-safe.
 *
 * @see Dataset#copyTarget(int, BoxMove, java.nio.FloatBuffer)
 */
@FunctionalInterface
public interface BoxMove {
  /**
   * The hull of the corners behind each step that moves pixels, cut at the image's border:
   * torchvision's rule. Steps that follow each other and are one for the pixels are one here.
   *
   * @return left, top, right and bottom within the image; a box of no area where nothing is left
   * @throws dev.quern.error.InvalidArgumentException if a side is not finite
   */
  double[] moved(double left, double top, double right, double bottom);
}
