package dev.quern.layer.volume;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;

/**
 * A three-dimensional layer. A sample is a volume {@code [C, D, H, W]}: channels, depth, height and
 * width. The depth of a video is its number of frames.
 */
public sealed interface Layer3d extends Layer permits AvgPool3d, BatchNorm3d, Conv3d, MaxPool3d {

  /**
   * Returns the shape {@code [C, D H, W]} of a volume's slices, one below the other.
   *
   * @throws ShapeException if {@code volume} is not a volume of fixed size
   */
  default Shape image(Shape volume) {
    VolumeChecks.volume(type(), volume);
    return Shape.of(volume.dim(0), Math.multiplyExact(volume.dim(1), volume.dim(2)), volume.dim(3));
  }
}
