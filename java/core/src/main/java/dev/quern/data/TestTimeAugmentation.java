package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Test-time augmentation: the predictions for several views of each image are averaged, before
 * softmax or sigmoid if the loss applies it. It typically improves accuracy by some tenths of a
 * percent; the cost grows with the number of views. Immutable.
 *
 * @param views at least one
 */
public record TestTimeAugmentation(List<View> views) {
  /**
   * A view of an image, which is shifted and then mirrored. Pixels outside the image are filled by
   * reflection at its border.
   *
   * @param down shift in pixels; negative to shift up
   * @param right shift in pixels; negative to shift left
   * @param mirrored whether left and right are swapped
   * @param weight weight in the average, above 0
   */
  public record View(int down, int right, boolean mirrored, double weight) {
    public View {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new InvalidArgumentException(
            "test-time augmentation: weight " + weight + " must be finite and above 0");
      }
    }
  }

  public TestTimeAugmentation {
    views = List.copyOf(Require.all("test-time augmentation", "view", views));
    if (views.isEmpty()) {
      throw new InvalidArgumentException("test-time augmentation: the list of views is empty");
    }
  }

  /** Returns no augmentation: the original image only. */
  public static TestTimeAugmentation none() {
    return new TestTimeAugmentation(List.of(new View(0, 0, false, 1)));
  }

  /** Returns the image and its mirror image. */
  public static TestTimeAugmentation flip() {
    return new TestTimeAugmentation(List.of(new View(0, 0, false, 1), new View(0, 0, true, 1)));
  }

  /**
   * Returns six views, as in the speed records on CIFAR-10: the image and its mirror image, which
   * have half of the total weight, and both shifted by one pixel up and left, and by one pixel down
   * and right.
   */
  public static TestTimeAugmentation flipAndShift() {
    return new TestTimeAugmentation(
        List.of(
            new View(0, 0, false, 2),
            new View(0, 0, true, 2),
            new View(-1, -1, false, 1),
            new View(-1, -1, true, 1),
            new View(1, 1, false, 1),
            new View(1, 1, true, 1)));
  }

  /**
   * Returns the samples transformed by a view.
   *
   * @throws ShapeException if the samples are not {@code [C, H, W]} images, or not larger than the
   *     view's shift
   */
  public static Dataset of(Dataset samples, View view) {
    Require.present("test-time augmentation", "data set", samples);
    Require.present("test-time augmentation", "view", view);
    Shape shape = Require.present("test-time augmentation", "shape of samples", samples.shape());
    if (shape.rank() != 3
        || Math.abs((long) view.down()) >= shape.dim(1)
        || Math.abs((long) view.right()) >= shape.dim(2)) {
      throw new ShapeException(
          "test-time augmentation: samples of " + shape + " are not images, required for " + view);
    }
    return new ViewedDataset(samples, view, shape);
  }
}
