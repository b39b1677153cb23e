package dev.quern.detect;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A set of images with annotated boxes for object detection. {@code BoxFiles} of quern-io reads the
 * formats of COCO, VOC and YOLO. Immutable.
 *
 * @param classes the class names by index
 * @param samples the samples, in order
 */
public record BoxSet(List<String> classes, List<BoxSample> samples) {
  /**
   * Checks the classes of the boxes.
   *
   * @throws InvalidArgumentException if the class index of a box has no class name
   */
  public BoxSet {
    classes = Require.all("box set", "classes", classes);
    samples = Require.all("box set", "samples", samples);
    for (BoxSample sample : samples) {
      for (GroundTruthBox box : sample.boxes()) {
        if (box.classIndex() >= classes.size()) {
          throw new InvalidArgumentException(
              "box set: class "
                  + box.classIndex()
                  + " in "
                  + sample.file()
                  + " is outside [0, "
                  + classes.size()
                  + ")");
        }
      }
    }
  }

  /**
   * Returns the samples from {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @throws InvalidArgumentException if the range is outside the set
   */
  public BoxSet slice(int from, int to) {
    if (from < 0 || from > to || to > samples.size()) {
      throw new InvalidArgumentException(
          "box set: slice [" + from + ", " + to + ") is outside [0, " + samples.size() + ")");
    }
    return new BoxSet(classes, samples.subList(from, to));
  }

  /**
   * Returns a data set for training a detector with {@link PointBoxes#of} and {@link PointLoss};
   * the inputs are the images, the targets are {@link PointTargets}. Images are read on demand, so
   * the set may be larger than memory; if an image does not have its sample's size, training throws
   * a {@link dev.quern.error.DataException}. Augmentations transform the boxes like the image;
   * boxes outside the image are omitted.
   *
   * @param how the preprocessing of images to inputs; boxes are mapped accordingly
   * @param input the network's input shape, {@code [C, H, W]}
   * @param stride the side of a grid cell in pixels of the input
   * @param output the network's output shape, {@code [C + 4, H, W]}
   * @throws dev.quern.error.ShapeException if shapes or the number of classes do not match
   */
  public Dataset dataset(Preprocessing how, Shape input, int stride, Shape output) {
    return new PointDataset(this, how, input, stride, output);
  }
}
