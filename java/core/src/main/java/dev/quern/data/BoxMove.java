package dev.quern.data;

/**
 * A mapping of the bounding boxes in an image to the augmented image. Coordinates are in pixels of
 * the image: x to the right, y down. Not thread-safe.
 *
 * @see Dataset#copyTarget(int, BoxMove, java.nio.FloatBuffer)
 */
@FunctionalInterface
public interface BoxMove {
  /**
   * Maps a box by torchvision's rule: each geometric augmentation transforms the corners; the
   * bounding box of the new corners, clipped at the image's border, is the new box. Augmentations
   * that are combined into one transform of the pixels are combined for boxes as well.
   *
   * @return left, top, right and bottom within the image; a box of area 0 if the new box lies
   *     outside the image
   * @throws dev.quern.error.InvalidArgumentException if a side is not finite
   */
  double[] moved(double left, double top, double right, double bottom);
}
