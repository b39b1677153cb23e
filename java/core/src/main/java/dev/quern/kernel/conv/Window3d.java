package dev.quern.kernel.conv;

import dev.quern.kernel.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.List;

/** The window of a three-dimensional convolution or pooling operation. */
public record Window3d(Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
  private static final Size ONE = Size.of(1);

  /**
   * A pooling of images.
   *
   * @param image the shape of one image
   * @param images the number of images of a sample
   * @param out the shape of a sample of the result, as a volume
   */
  public record Pooling(Shape image, long images, Window window, Shape out) {}

  /** Returns the window of each slice. */
  public Window plane() {
    return new Window(kernel.plane(), stride.plane(), padding.plane(), dilation.plane());
  }

  /** Returns the window along the depth, of images whose columns are the positions of a slice. */
  public Window column() {
    return new Window(
        new Size(kernel.depth(), 1),
        new Size(stride.depth(), 1),
        new Size(padding.depth(), 0),
        new Size(dilation.depth(), 1));
  }

  /** Returns whether each slice of the output depends only on the same slice of the input. */
  public boolean isPlane() {
    return isPoint(column());
  }

  /** Returns whether each position of a slice depends only on the same position of all slices. */
  public boolean isColumn() {
    return isPoint(plane());
  }

  private static boolean isPoint(Window w) {
    return w.kernel().equals(ONE)
        && w.stride().equals(ONE)
        && w.padding().begin().equals(Size.of(0));
  }

  /**
   * Returns the steps of a pooling of channels-last volumes: over height and width of each slice,
   * then along the depth. For maxima, means and their gradients, this is exact. A step that would
   * only copy is left out, except the last one.
   */
  public List<Pooling> poolings(Shape in, Shape out) {
    long channels = in.dim(0);
    long depth = in.dim(1);
    List<Pooling> all = new ArrayList<>();
    if (!isColumn()) {
      Shape image = Shape.of(channels, in.dim(2), in.dim(3));
      Shape pooled = Shape.of(channels, depth, out.dim(2), out.dim(3));
      all.add(new Pooling(image, depth, plane(), pooled));
    }
    if (all.isEmpty() || !isPlane()) {
      Shape image = Shape.of(channels, depth, Math.multiplyExact(out.dim(2), out.dim(3)));
      all.add(new Pooling(image, 1, column(), out));
    }
    return all;
  }
}
