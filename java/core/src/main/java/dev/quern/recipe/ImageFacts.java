package dev.quern.recipe;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.CheckedDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;

/**
 * Properties of a labeled image data set, from which training settings are chosen. Immutable.
 *
 * @param images number of training images, at least 1
 * @param classes names of the classes, at least two
 * @param size typical height and width, in pixels
 * @param channels 1 for grayscale images, otherwise 3
 */
public record ImageFacts(int images, List<String> classes, Size size, int channels) {
  private static final String OPERATION = "image facts";

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if there are no images, fewer than two classes, or neither 1
   *     nor 3 channels
   */
  public ImageFacts {
    classes = Require.all(OPERATION, "classes", classes);
    Require.present(OPERATION, "size", size);
    if (images < 1 || classes.size() < 2 || channels != 1 && channels != 3) {
      throw new InvalidArgumentException(
          OPERATION
              + ": "
              + images
              + " images of "
              + classes.size()
              + " classes and "
              + channels
              + " channels, expected at least one image, two classes, and 1 or 3 channels");
    }
  }

  /**
   * Returns the properties of a data set.
   *
   * @throws ShapeException if its samples are not {@code [1, H, W]} or {@code [3, H, W]}
   * @throws dev.quern.error.DataException if the data set throws an exception
   * @throws InvalidArgumentException if the data set is empty, has fewer than two classes, or has
   *     targets instead of labels
   */
  public static ImageFacts of(Dataset train) {
    CheckedDataset data = new CheckedDataset(OPERATION, train);
    Shape shape = data.shape();
    if (shape.rank() != 3 || shape.dim(0) != 1 && shape.dim(0) != 3) {
      throw new ShapeException(
          OPERATION + ": samples " + shape + " are not images of 1 or 3 channels");
    }
    if (data.haveTargets()) {
      throw new InvalidArgumentException(OPERATION + ": the data set has targets, not labels");
    }
    return new ImageFacts(
        data.size(),
        data.classNames(),
        new Size((int) shape.dim(1), (int) shape.dim(2)),
        (int) shape.dim(0));
  }
}
