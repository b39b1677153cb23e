package dev.quern.detect;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Images with annotated boxes for object detection. {@code BoxFiles} of quern-io reads COCO's,
 * VOC's and YOLO's formats. Immutable.
 *
 * @param classes names, in order
 * @param samples in order
 */
public record BoxSet(List<String> classes, List<BoxSample> samples) {
  /**
   * @throws InvalidArgumentException if a box has a class that is not there
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
   * The samples from {@code from} up to but not including {@code to}.
   *
   * @throws InvalidArgumentException if these are not in the set
   */
  public BoxSet slice(int from, int to) {
    if (from < 0 || from > to || to > samples.size()) {
      throw new InvalidArgumentException(
          "box set: " + from + " to " + to + " is outside [0, " + samples.size() + ")");
    }
    return new BoxSet(classes, samples.subList(from, to));
  }

  /**
   * Returns a data set to train a detector with {@link PointBoxes#of} and {@link PointLoss}: the
   * images as inputs, and {@link PointTargets} as targets. Images are read on demand, so the set
   * may be larger than memory; if an image's size differs from its sample's, training throws a
   * {@link dev.quern.error.DataException}. Augmentations map boxes with the image; boxes outside
   * the image are omitted.
   *
   * @param how preprocessing from images to inputs; boxes are mapped accordingly
   * @param input the network's input, {@code [C, H, W]}
   * @param stride a cell's side in pixels of the input
   * @param output the network's output, {@code [C + 4, H, W]}
   * @throws dev.quern.error.ShapeException if shapes, or the number of classes, do not fit
   */
  public Dataset dataset(Preprocessing how, Shape input, int stride, Shape output) {
    return new PointDataset(this, how, input, stride, output);
  }
}
